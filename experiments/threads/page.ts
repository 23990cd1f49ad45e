import { arrayShape } from "../../shared/array/grid.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import { estimateWork } from "../../shared/plan/estimate.ts";
import { packJob } from "../../shared/plan/pack.ts";
import { paidFromMs } from "../../shared/plan/threads-pay.ts";
import { DEFAULT_WORKERS, threadRate, threadsFor } from "../../shared/plan/workers.ts";
import type { Page } from "../measuring/page.ts";
import { builtIn, regionRequest, resolvedJob } from "../measuring/requests.ts";
import { medianOf, percent, spread, spreadOf, sum } from "../measuring/statistics.ts";
import { type Table, tableOf } from "../measuring/table.ts";
import type { Run } from "./run.ts";

export const ROUNDS = 12;
/** What bare threads gain at least where the machine has a second core to give. */
const QUIET = 1.5;
export const MEMORY_MB = [1769, 3538] as const;
const THREADS = threadsFor(MEMORY_MB[1]);
/** As `auto` cuts and packs it, chunks of some 100 ms and a few kilobytes: it is the processor that is shared out here. */
export const JOB = regionRequest("double-pendulum", 400, { inputs: { duration: 4 } });
/** Jobs whose messages are looked at, not run. */
const PACKED = [
  JOB,
  regionRequest("double-pendulum", 400),
  regionRequest("double-pendulum", 2000),
  regionRequest("mandelbrot", 500),
  regionRequest("mandelbrot", 4000),
  regionRequest("mandelbrot", 4000, { inputs: { maxIterations: 100_000 } }),
  regionRequest("mandelbrot", 32_000),
];

export function page(runs: readonly Run[]): Page {
  const quiet = runs.filter(({ bareMs }) => gain(bareMs) >= QUIET);
  const gained = (what: "workerMs" | "bareMs") => medianOf(runs, (run) => gain(run[what])).toFixed(2);
  return {
    answer: `A second vCPU makes a worker ${gained("workerMs")} times as fast, where bare threads gain ${gained("bareMs")}; starting its threads takes ${medianOf(runs, ({ coldMs }) => coldMs).toFixed(0)} ms.`,
    about: `One worker on the local engine and the double pendulum (400 x 400, 4 s of it) as \`auto\` cuts and packs it, with the memory of one vCPU and of two, in turn, in ms: median of ${ROUNDS} rounds, smallest and largest in brackets. A worker's time is from the first chunk's start to the last one's confirmed store. Bare threads compute the same chunks in the same round and store nothing: how much they gain is what the machine, whose two cores are shared with other work, could give a second thread at all.

Only messages of several chunks are shared among threads. Where chunks are dear \`auto\` sends at least as many together as the workers have threads. Those are started at once for a message that is estimated at ${Math.ceil(paidFromMs(THREADS))} ms or more on one of two threads, and else when an environment has computed in turn for so long what they could have shared that their start would have been worth it; then they stay. The last table has which messages that concerns, of workers with two vCPUs.`,
    tables: [
      ...(quiet.length > 0
        ? [
            gainTable(
              `Rounds in which a second core was free (bare threads gained ${QUIET} or more): ${quiet.length} of ${ROUNDS}`,
              quiet,
            ),
          ]
        : []),
      gainTable("All rounds", runs),
      {
        title: "Until two threads have each answered for one element (ms)",
        columns: ["started for it", "warm"],
        rows: [[spreadOf(runs, ({ coldMs }) => coldMs), spreadOf(runs, ({ warmMs }) => warmMs, 1)]],
      },
      packedTable(),
    ],
  };
}

function gain([one, two]: readonly [number, number]): number {
  return one / two;
}

function gainTable(title: string, runs: readonly Run[]): Table {
  return tableOf(
    title,
    [
      { name: "worker", pairs: runs.map(({ workerMs }) => workerMs) },
      { name: "bare threads", pairs: runs.map(({ bareMs }) => bareMs) },
    ],
    {
      "": ({ name }) => name,
      "1 vCPU": ({ pairs }) => spreadOf(pairs, ([one]) => one),
      "2 vCPUs": ({ pairs }) => spreadOf(pairs, ([, two]) => two),
      "speed-up": ({ pairs }) => spread(pairs.map(gain), 2),
    },
  );
}

function packedTable(): Table {
  return tableOf(
    `Messages of several jobs for workers of ${MEMORY_MB[1]} MB, and how much of the estimated work is in those that bring each thread a chunk, and in those that start threads at once`,
    PACKED.map(packed),
    {
      job: ({ name }) => name,
      chunks: ({ chunks }) => chunks,
      messages: ({ messages }) => messages,
      "a chunk for each thread": ({ shared }) => percent(shared),
      "start threads at once": ({ startAtOnce }) => percent(startAtOnce),
    },
  );
}

/** A job as the splitter packs it, and shares of its estimated work. */
function packed(request: JobRequest) {
  const { spec, ...job } = resolvedJob(request, "threads");
  const kernel = builtIn(request.kernel);
  const work = estimateWork(spec, kernel);
  const workers = { ...DEFAULT_WORKERS, memoryMb: MEMORY_MB[1] };
  const messages = [...packJob({ spec, ...job }, kernel, workers, work)].map((chunks) => ({
    chunks: chunks.length,
    work: sum(chunks.map((chunk) => work[chunk]!)),
  }));
  const startWork = (paidFromMs(THREADS) / 1000) * threadRate(MEMORY_MB[1]);
  const workOf = (some: typeof messages) => sum(some.map((message) => message.work));
  const shared = messages.filter(({ chunks }) => chunks >= THREADS);
  const startAtOnce = shared.filter((message) => message.work > startWork);
  const inputs = Object.entries(request.inputs ?? {}).map(([name, value]) => `, ${name} ${value}`);
  return {
    name: `${spec.kernel} ${arrayShape(spec).join(" x ")}${inputs.join("")}`,
    chunks: `${work.length} of ${spec.chunkShape.join(" x ")}`,
    messages: messages.length,
    shared: workOf(shared) / workOf(messages),
    startAtOnce: workOf(startAtOnce) / workOf(messages),
  };
}
