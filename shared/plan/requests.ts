/**
 * What a round asks of the services, each number as the code makes the request, where nothing fails or is delivered twice
 * and no other job is about. A retry, a further check (at doubling delays), and what earlier rounds left come on top.
 */
import { isMap, type JobSpec } from "../array/spec.ts";
import type { Stage } from "../build/bundling.ts";
import type { Issue } from "../messages/chunk-message.ts";
import { LAST_LOOKS } from "../ports/fleet.ts";
import { KEYS_A_LIST, MESSAGES_A_REQUEST, PART_BYTES } from "../ports/request-limits.ts";
import type { Job } from "../record/job.ts";
import type { Plan, Requests } from "../record/plan.ts";
import { lookedAfter } from "./looks.ts";
import type { Reports } from "./reports.ts";

/** How reports come together, as infra/fan-out.ts sets the result queue's mapping. */
export interface Collecting {
  readonly mostReports: number;
  /** How long the first report of a batch waits for others. */
  readonly windowSeconds: number;
  /** The checks that come until the job is found over: none where nothing can be lost. */
  readonly checks: number;
}

const COLLECTING: Collecting = Object.freeze({ mostReports: 100, windowSeconds: 1, checks: 1 });

/** The counts that depend on when things happen, by a plan's estimate or as they were seen. All others follow from these. */
export interface Timing {
  /** Invocations of workers by the mapping: all of them where no splitter starts any. */
  readonly mapped: number;
  /** Worker environments that had a message, each of which reads job.json. */
  readonly environments: number;
  /** How many times a worker asks whether the job is cancelled. */
  readonly cancelLooks: number;
  /** Receives of chunk messages, those that bring nothing included. */
  readonly receives: number;
  /** The batches in which the aggregator is handed reports. */
  readonly batches: number;
  /** Receives of reports and checks, and deletions of them. */
  readonly deliveries: { readonly receive: number; readonly delete: number };
  /** The checks that come until the job is found over: none where nothing can be lost. */
  readonly checks: number;
  /** What a job with a limit asks for below `spend/`. */
  readonly spent?: Spent;
}

type Spent = Readonly<Record<Stage, Partial<Pick<Requests, "put" | "get" | "list">>>>;

/** The limit itself; each environment reads it, and takes the seats and coins; and what the job's end takes. */
export function spentFor(taken: number, environments: number): Spent {
  return {
    splitter: { put: 1 },
    worker: { put: taken, get: environments },
    aggregator: { put: 1, get: 2, list: 2 * pages(taken) },
  };
}

/** What the requests follow from. */
export interface Sent extends Reports, Issue, Pick<Plan, "chunks" | "messages"> {
  readonly arrayBytes: number;
  /** Started by the splitter; 0: the mapping's workers take a message an invocation. */
  readonly drainers: number;
}

const NONE: Requests = Object.freeze({
  ...{ invocations: 0, send: 0, receive: 0, delete: 0, depth: 0 },
  ...{ put: 0, get: 0, list: 0 },
});

type Planned = Pick<Job, "spec" | "output">;

/**
 * What is to be expected. A worker asks at most once a second whether the job is cancelled (cancellations.ts). A batch begins with a report and
 * takes those of its window: where they come seldom, it is often alone. A receive may bring several brief messages, which is not counted. A
 * drainer's last ones find nothing: one of the keeper's, LAST_LOOKS of another's.
 */
export function timingOf(
  { messages, drainers, reports }: Sent,
  { workers, makespanSeconds }: { readonly workers: number; readonly makespanSeconds: number },
  { mostReports, windowSeconds, checks } = COLLECTING,
): Timing {
  const inWindow = 1 + (reports * windowSeconds) / Math.max(makespanSeconds, windowSeconds);
  const batches = Math.ceil(reports / Math.min(mostReports, inWindow));
  const looks = workers * Math.ceil(1 + makespanSeconds);
  const deliveries = batches * Math.ceil(reports / batches / MESSAGES_A_REQUEST) + 1;
  return {
    ...{ mapped: drainers > 0 ? 0 : messages, environments: workers },
    ...{ cancelLooks: Math.min(messages, looks), receives: messages + lastReceives(drainers) },
    ...{ batches, checks },
    deliveries: { receive: deliveries, delete: deliveries },
  };
}

const lastReceives = (drainers: number) => (drainers > 0 ? 1 + LAST_LOOKS * (drainers - 1) : 0);

export function requestsOf(job: Planned, sent: Sent, timing: Timing): Plan["requests"] {
  const { spent } = timing;
  return {
    splitter: withSpent(ofSplitter(job.spec, sent, timing), spent?.splitter),
    worker: withSpent(ofWorkers(job.spec, sent, timing), spent?.worker),
    aggregator: withSpent(ofAggregator(job, sent, timing), spent?.aggregator),
  };
}

const withSpent = (asked: Requests, { put = 0, get = 0, list = 0 }: Spent[Stage] = {}): Requests => ({
  ...{ ...asked, put: asked.put + put },
  ...{ get: asked.get + get, list: asked.list + list },
});

/** What a splitter asks once it has its plan, and for an earlier split before that: split.ts, submit-round.ts, burst-fleet.ts. */
function ofSplitter(spec: JobSpec, { messages, round, again, drainers }: Sent, { checks }: Timing): Requests {
  // Metadata of the group, the value and each axis, and coordinates: zarr-group.ts. Old arrays have metadata only.
  const [first] = spec.values;
  const group = !first ? 0 : first.name === undefined ? 1 : 1 + spec.values.length + 2 * spec.axes.length;
  const { get, put } =
    round > 0
      ? { get: 1, put: 2 } // is it cancelled; what is missing, submitted
      : again
        ? { get: 2, put: group + 1 } // job, submitted; submitted
        : { get: 1, put: 1 + group + 1 }; // job; job, submitted
  // The claims are listed twice, and its own bid is read again: drainer-claim.ts reads two objects.
  const bid = drainers > 0 ? 2 : 0;
  return {
    ...{ ...NONE, invocations: 1, get: get + bid, put: put + bid, list: bid },
    send: Math.ceil(messages / MESSAGES_A_REQUEST) + Math.min(checks, 1),
  };
}

/** A chunk that is larger than PART_BYTES when it is compressed takes further PUTs. */
function ofWorkers(spec: JobSpec, sent: Sent, timing: Timing): Requests {
  const { mapped, environments, cancelLooks, receives } = timing;
  const { chunks, messages, reports, again, drainers } = sent;
  // A drainer reads its claim at its beginning, and its group's keeper at its end, too, which it ends then.
  const values = objectsOf(spec);
  const items = isMap(spec) ? chunks : 0;
  const claims = drainers > 0 ? 2 * drainers + 2 : 0;
  return {
    ...{ ...NONE, invocations: mapped + drainers },
    ...{ receive: receives, delete: messages, send: reports },
    ...{
      get: cancelLooks + environments + (again ? chunks : 0) * values + items + claims,
      put: chunks * values + (drainers > 0 ? 1 : 0),
    },
  };
}

/**
 * Each batch becomes a segment, and a look says whether the job is over; the last one reads all segments, draws and sums up
 * (aggregate.ts, finish.ts). Then the first check finds the job over (check.ts). An export (npy.ts) reads chunks more than
 * once where a row of them has more than 256 MiB, which is not counted.
 */
function ofAggregator({ spec, output }: Planned, sent: Sent, timing: Timing): Requests {
  const { chunks, withoutTile, round } = sent;
  const { batches, checks, deliveries } = timing;
  // readStanding lists control/, reports/ and failures/.
  let looks = 0;
  let list = 0;
  for (const batch of lookedAfter(batches)) {
    looks++;
    list += 2 + pages(batch);
  }
  // Chunks, and what is reported once more, and by the check.
  list += objectsOf(spec) * pages(chunks) + (1 + checks) * (2 + pages(batches));
  const values = spec.values.length;
  const pictures = picturesOf({ spec, output });
  const tiles = output.plots ? values * withoutTile : 0;
  const npy = output.npy
    ? { get: values * chunks, put: values * putsOf(sent.arrayBytes / values) }
    : { get: 0, put: 0 };
  // A task's results are read and joined.
  const joined = isMap(spec) ? { get: chunks, put: 1 } : { get: 0, put: 0 };
  return {
    ...{ invocations: batches + checks, ...deliveries, send: 0 },
    depth: batches - looks,
    put: batches + pictures + npy.put + joined.put + 1, // and the summary
    // The job each time, the summary before and by the check, every segment, and the earlier rounds' missing chunks.
    get: batches + checks + 1 + checks + batches + round + tiles + npy.get + joined.get,
    list,
  };
}

/** The timeline, and by value a heat map and rows in 3D. */
export function picturesOf({ spec, output }: Planned): number {
  return output.plots ? 1 + spec.values.length * Math.min(spec.axes.length, 2) : 0;
}

/** The objects of a chunk: one a value, or a shard's results. */
const objectsOf = ({ values }: JobSpec) => Math.max(1, values.length);

const pages = (keys: number) => Math.max(1, Math.ceil(keys / KEYS_A_LIST));

/** An upload in parts takes a request to begin and one to end. */
function putsOf(bytes: number): number {
  return bytes <= PART_BYTES ? 1 : 2 + Math.ceil(bytes / PART_BYTES);
}
