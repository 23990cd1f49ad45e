import type { Metered } from "../../client/local/meter.ts";
import { chooseRamp } from "../../shared/plan/ramp.ts";
import type { Page } from "../measuring/page.ts";
import { grouped, medianOf } from "../measuring/statistics.ts";
import { columnsFor, type Table, tableOf } from "../measuring/table.ts";
import {
  ASSUMED,
  atOnce,
  burst,
  fullAt,
  jobOf,
  mapping,
  provisioned,
  runJob,
  sizeOf,
  type Way,
  widthsAt,
} from "./model.ts";
import { drawRamps, type Panel } from "./picture.ts";
import type { Recorded } from "./recording.ts";
import type { Results } from "./run.ts";

export const REPEATS = 3;
/** The start of a job that has four messages of ten seconds for each worker. */
const large = (workers: number) => ({ workers, messages: 4 * workers, workSeconds: 40 * workers });
const FLEETS = [100, 1000, 10_000];
const WORK = [100, 1000, 10_000, 100_000, 1_000_000, 10_000_000];
const WAYS: readonly { readonly name: string; readonly colour: string; readonly way: Way }[] = [
  { name: "mapping", colour: "#d62728", way: mapping },
  { name: "provisioned", colour: "#1f77b4", way: provisioned },
  { name: "burst", colour: "#2ca02c", way: burst },
];

/** What a stack without settings has: infra/settings.ts. */
const DEFAULT_CAP = { burst: 720, mapping: 180 };
const DEFAULT_FLEET = DEFAULT_CAP.burst + DEFAULT_CAP.mapping;

/** Sixteen workers fit on this machine, so the mapping is slowed down until they are a fleet to it. */
export const EMBEDDED = { messages: 160, ms: 400, workers: 16, acceleration: 0.25 } as const;
const SHOWN_SECONDS = [0.5, 1, 1.5, 2, 3, 4, 5];
/** Messages that each take `ms`; together some seconds of work, except those that take none. */
export const DRAINED = [
  { ms: 0, messages: 1500 },
  { ms: 20, messages: 400 },
  { ms: 50, messages: 300 },
  { ms: 100, messages: 200 },
  { ms: 400, messages: 60 },
] as const;

/** For a fleet of 720 at 1,174 messages, as 4,000 x 4,000 double pendulums had it: a sixtieth of both. */
export const LAST_RECEIVES = { drainers: 12, messages: 20, ms: 550 } as const;

export function page(results: Results): Page {
  return {
    answer: answer(),
    about: `How fast a fleet is full, by the way in which it is started, and what that makes of jobs.

- **mapping**: the chunk queue's event source mapping alone: 5 workers at once and 300 more each minute, at most ${ASSUMED.mappingMost}. So it is where the mapping may have the whole fleet, with \`burstConcurrency=0\`. On the default stack \`--ramp mapping\` has a fifth of it, ${DEFAULT_CAP.mapping} of ${DEFAULT_FLEET}: the others are the splitters' to start.
- **burst**: the splitter sends all messages, then starts four fifths of the fleet by asynchronous invocations, but no more than save more than they cost; these workers take messages from the queue themselves. They are there in seconds; the last fifth comes as the mapping brings it, five at once and five more each second.
- **provisioned**: pollers for a tenth of the fleet (at least two) are kept ready, each serves ten workers; the mapping grows by 1,000 workers a minute. They are paid for by the hour, whether there is work or not.

![Workers that have begun, by the way in which they are started](../pictures/ramps.svg)

The figures for AWS are simulated (\`experiments/ramps/model.ts\`, with the scheduler of the balance experiment), not measured. From AWS's documentation: the mapping's ramp, 1,000 new environments of a function at once and 100 a second, the pollers' ten workers and 1,000 a minute. Assumed: a cold start of ${ASSUMED.coldStartSeconds} s, ${ASSUMED.invokesPerSecond} invocations a second by the splitter, each of which Lambda takes up after ${ASSUMED.asyncDelaySeconds} s, ${ASSUMED.messagesSentPerSecond.toLocaleString("en")} messages a second sent (50 ms a request), ${1000 * ASSUMED.messageSeconds} ms a message beside its work. (10,000 workers are more than the stack's maxConcurrency takes.)

A burst begins when the last message is sent. That is soon for most jobs, which have some thousand messages, but not for a million: ${Math.round(1e6 / ASSUMED.messagesSentPerSecond)} s at this rate, 125 to 625 s at 20 to 100 ms a request ([load](load.md)). The mapping works meanwhile. Where others have the places, and are known to be over within half a minute, the splitter waits for them and starts the rest then.

A drainer that finds nothing looks three times and ends; one of a group, its keeper, waits a second for a last message instead. The last table has what that saves ([why](../decisions/fleet.md)). Beside that, a drainer asks the queue for one receive and one delete for a batch of about 0.2 s of work.

What a started worker is paid for beside its work is its cold start, its claim and those looks, about a quarter of a second. A drainer that is killed or times out is not replaced, so a fleet of a job of hours becomes narrower with each such death, down to the mapping's share; one whose time is up has a successor. One that cannot ask the queue asks again for 15 to 30 s, and has none. Drainers that began together end over an eighth of their time, each at a time of its own, so that their successors do not all come while they are still there.

Sixteen workers are what this machine holds, so on the embedded cloud AWS's ramp is slowed down until they are a fleet to it; accelerated it would be over before they have started.`,
    tables: [
      fullTable(),
      ...FLEETS.map(makespanTable),
      autoTable(),
      embeddedTable(results),
      drainedTable(results),
      lastReceivesTable(results),
    ],
    pictures: { "ramps.svg": () => drawRamps([panel(1000, 200), panel(10_000, 120)]) },
  };
}

function answer(): string {
  const workers = 1000;
  const seconds = (way: Way) => digits(fullAt(0.8, large(workers), way));
  return `Four fifths of ${grouped(workers)} workers have begun ${seconds(burst)} s after the first message where the splitter starts them, ${seconds(provisioned)} s with provisioned pollers, and ${seconds(mapping)} s by the queue's mapping alone (simulated).`;
}

function panel(workers: number, seconds: number): Panel {
  const times = Array.from({ length: 2 * seconds + 1 }, (_, k) => k / 2);
  const start = large(workers);
  return {
    ...{ title: `${grouped(workers)} workers`, seconds, workers },
    lines: WAYS.map(({ name, colour, way }) => ({ name, colour, widths: widthsAt(times, start, way) })),
  };
}

function fullTable(): Table {
  const shares = [0.5, 0.8, 1];
  return tableOf(
    "Seconds until half, four fifths and all of the fleet have begun (simulated, a job with four messages of ten seconds for each)",
    FLEETS,
    {
      workers: grouped,
      ...columnsFor(
        WAYS,
        ({ name }) => name,
        (workers: number, { way }) =>
          shares.map((share) => digits(fullAt(share, large(workers), way))).join(", "),
      ),
    },
  );
}

function makespanTable(workers: number): Table {
  return tableOf(`Makespan in s with ${grouped(workers)} workers (simulated)`, WORK, {
    "work (s on one worker)": grouped,
    messages: (work) => grouped(jobOf(work).messages),
    ...columnsFor(
      [...WAYS, { name: "all at once", way: atOnce }],
      ({ name }) => name,
      (work: number, { way }) => digits(runJob(jobOf(work), workers, way).makespanSeconds),
    ),
  });
}

function autoTable(): Table {
  return tableOf(
    `What \`auto\` chooses on the default stack, where splitters may start ${DEFAULT_CAP.burst} of ${DEFAULT_FLEET} workers`,
    [1, 10, 30, 60, 100, 300, 1000, 10_000],
    {
      "work (s on one worker)": (workSeconds) => workSeconds,
      messages: (workSeconds) => jobOf(workSeconds).messages,
      ramp: (workSeconds) => chooseRamp("auto", sizeOf(jobOf(workSeconds)), DEFAULT_CAP),
    },
  );
}

function embeddedTable({ embedded }: Results): Table {
  const { messages, ms, workers, acceleration } = EMBEDDED;
  const widthAt = ({ spans }: Recorded, seconds: number) =>
    spans.split(" ").filter((span) => {
      const [begun = 0, done = 0] = span.split("-").map(Number);
      return begun <= 1000 * seconds && done > 1000 * seconds;
    }).length;
  return tableOf(
    `Measured on the embedded cloud: workers at a chunk so many seconds after the first began, and the makespan. ${messages} messages that sleep ${ms} ms, ${workers} workers, AWS's ramp at ${acceleration} of its speed; median of ${REPEATS} runs`,
    ["mapping", "burst"] as const,
    {
      ramp: (ramp) => ramp,
      ...columnsFor(
        SHOWN_SECONDS,
        (seconds) => `${seconds} s`,
        (ramp: "mapping" | "burst", seconds) => medianOf(embedded[ramp], (run) => widthAt(run, seconds)),
      ),
      "makespan (s)": (ramp) => digits(medianOf(embedded[ramp], ({ makespanMs }) => makespanMs) / 1000),
    },
  );
}

function drainedTable({ drained }: Results): Table {
  return tableOf(
    "Measured on the embedded cloud: requests of three drainers for each message of one chunk, beside each drainer's last receives, which find nothing",
    drained.map((counts, k) => ({ ...counts, ...DRAINED[k]! })),
    {
      "a chunk takes (ms)": ({ ms }) => ms,
      "messages drained": ({ drained }) => drained,
      "ReceiveMessage a chunk": ({ receives, drained }) => (receives / drained).toFixed(2),
      "DeleteMessageBatch a chunk": ({ deletes, drained }) => (deletes / drained).toFixed(2),
    },
  );
}

function lastReceivesTable({ lastReceives }: Results): Table {
  const { drainers, messages, ms } = LAST_RECEIVES;
  const beside = ({ billedMs }: Metered) => billedMs - messages * ms;
  const median = (of: (metered: Metered) => number) => (who: "all" | "one") =>
    medianOf(lastReceives[who], of);
  return tableOf(
    `Metered on the embedded cloud until the last drainer has ended: ${drainers} drainers and two of the mapping's workers, ${messages} messages that sleep ${ms} ms; median of ${REPEATS} pairs`,
    ["all", "one"] as const,
    {
      "who waits for a last message": (who) => (who === "all" ? "every drainer, as before" : "the keeper"),
      "billed (s)": (who) => (median(({ billedMs }) => billedMs)(who) / 1000).toFixed(1),
      "beside messages (s)": (who) => (median(beside)(who) / 1000).toFixed(1),
      "receives that brought nothing": median(({ emptyReceives }) => emptyReceives),
      GETs: median(({ requests }) => requests.get),
    },
  );
}

/** Two digits that mean something, or none where it never happens. */
function digits(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "never";
  return value >= 100 ? grouped(Math.round(value)) : value.toFixed(1);
}
