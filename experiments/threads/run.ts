/** What a second vCPU gains a worker, and what its threads cost to start. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localEngine } from "../../cli/engines/local.ts";
import { Progress } from "../../cli/terminal/progress.ts";
import { packJob } from "../../functions/splitter/pack.ts";
import { chunkThreads } from "../../functions/worker/chunk-threads.ts";
import { layoutOf } from "../../shared/array/layout.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import type { ChunkReport } from "../../shared/messages/chunk-report.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import { findKernel } from "../../shared/plan/check-spec.ts";
import { estimateWork } from "../../shared/plan/estimate.ts";
import { resolveJob } from "../../shared/plan/resolve-job.ts";
import { paidFromMs } from "../../shared/plan/threads-pay.ts";
import { DEFAULT_WORKERS, threadRate, threadsFor } from "../../shared/plan/workers.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";
import { origin, publish, spread } from "../report.ts";

const ROUNDS = 12;
/** Bare threads gain so much where the machine has a second core to give. */
const QUIET = 1.5;
const MEMORY_MB = [1769, 3538] as const;
const THREADS = threadsFor(MEMORY_MB[1]);
/** As `auto` cuts and packs it, chunks of some 100 ms and a few kilobytes: it is the processor that is shared out here. */
const JOB = jobOf("double-pendulum", 400, { duration: 4 });
const { spec } = resolveJob(JOB, "threads", KERNELS);
/** Whose messages are looked at, not run. */
const PACKED = [
  JOB,
  jobOf("double-pendulum", 400),
  jobOf("double-pendulum", 2000),
  jobOf("mandelbrot", 500),
  jobOf("mandelbrot", 4000),
  jobOf("mandelbrot", 4000, { maxIterations: 100_000 }),
  jobOf("mandelbrot", 32_000),
];

/** With one vCPU and with two. */
type Pair = readonly [number, number];

interface Run {
  /** The worker: from the first chunk's start to the last one's confirmed store. */
  readonly workerMs: Pair;
  /** The same chunks on bare threads, nothing stored: what the machine had to give at that moment. */
  readonly bareMs: Pair;
  /** Until two new threads have answered for an element each, and then again. */
  readonly coldMs: number;
  readonly warmMs: number;
}

const { worker: bundle } = await ensureBundles();
const bare = [chunkThreads(1, bundle), chunkThreads(2, bundle)] as const;
const chunks = Array.from({ length: layoutOf(spec).total }, (_, chunk) => chunk);
const runs: Run[] = [];
for (let repeat = -1; repeat < ROUNDS; repeat++) {
  const workerMs = [await runJob(MEMORY_MB[0]), await runJob(MEMORY_MB[1])] as const;
  const bareMs = [await onThreads(bare[0]), await onThreads(bare[1])] as const;
  const run = { workerMs, bareMs, ...(await startThreads()) };
  if (repeat >= 0) runs.push(run); // the first round builds bundles and starts the bare threads
  console.error(JSON.stringify(run));
}
const gain = ([one, two]: Pair) => one / two;
const row = (what: "workerMs" | "bareMs", among: readonly Run[]) => [
  spread(among.map((run) => run[what][0])),
  spread(among.map((run) => run[what][1])),
  spread(
    among.map((run) => gain(run[what])),
    2,
  ),
];
const tableOf = (title: string, among: readonly Run[]) => ({
  title,
  columns: ["", "1 vCPU", "2 vCPUs", "speed-up"],
  rows: [
    ["worker", ...row("workerMs", among)],
    ["bare threads", ...row("bareMs", among)],
  ],
});
const quiet = runs.filter(({ bareMs }) => gain(bareMs) >= QUIET);
publish(
  "threads",
  `One worker on the local engine and the double pendulum (400 x 400, 4 s of it) as \`auto\` cuts and packs it, with the memory of one vCPU and of two, in turn, in ms: median of ${ROUNDS} rounds, smallest and largest in brackets. A worker's time is from the first chunk's start to the last one's confirmed store. Bare threads compute the same chunks in the same round and store nothing: how much they gain is what the machine, whose two cores are shared with other work, could give a second thread at all.

Only messages of several chunks are shared among threads. Where chunks are dear \`auto\` sends at least as many together as the workers have threads. Those are started at once for a message that is estimated at ${Math.ceil(paidFromMs(THREADS))} ms or more on one of two threads, and else when an environment has computed in turn for so long what they could have shared that their start would have been worth it; then they stay. The last table has which messages that concerns, of workers with two vCPUs.`,
  origin("node experiments/threads/run.ts"),
  runs,
  [
    ...(quiet.length > 0
      ? [
          tableOf(
            `Rounds in which a second core was free (bare threads gained ${QUIET} or more): ${quiet.length} of ${ROUNDS}`,
            quiet,
          ),
        ]
      : []),
    tableOf("All rounds", runs),
    {
      title: "Until two threads have each answered for one element (ms)",
      columns: ["started for it", "warm"],
      rows: [
        [
          spread(runs.map(({ coldMs }) => coldMs)),
          spread(
            runs.map(({ warmMs }) => warmMs),
            1,
          ),
        ],
      ],
    },
    {
      title: `Messages of several jobs for workers of ${MEMORY_MB[1]} MB, and how much of the estimated work is in those that bring each thread a chunk, and in those that start threads at once`,
      columns: ["job", "chunks", "messages", "a chunk for each thread", "start threads at once"],
      rows: PACKED.map(packedRow),
    },
  ],
);
process.exit(); // a worker's threads are there for good

function jobOf(kernel: "mandelbrot" | "double-pendulum", side: number, parameters = {}): JobRequest {
  const axes = findKernel(kernel, KERNELS).axes.map(({ from, to }) => ({ from, to, count: side }));
  return { kernel, parameters, grid: { axes }, output: { plots: false } };
}

function packedRow(request: JobRequest): string[] {
  const job = resolveJob(request, "threads", KERNELS);
  const kernel = findKernel(request.kernel, KERNELS);
  const work = estimateWork(job.spec, kernel);
  const workers = { ...DEFAULT_WORKERS, memoryMb: MEMORY_MB[1] };
  const messages = [...packJob(job, kernel, workers, work)].map((chunks) => ({
    chunks: chunks.length,
    work: chunks.reduce((sum, chunk) => sum + work[chunk]!, 0),
  }));
  const startWork = (paidFromMs(THREADS) / 1000) * threadRate(MEMORY_MB[1]);
  const sumOf = (some: typeof messages) => some.reduce((sum, message) => sum + message.work, 0);
  const share = (some: typeof messages) => `${((100 * sumOf(some)) / sumOf(messages)).toFixed(0)} %`;
  const shared = messages.filter(({ chunks }) => chunks >= THREADS);
  const parameters = Object.entries(request.parameters ?? {}).map(([name, value]) => `, ${name} ${value}`);
  return [
    `${job.spec.kernel} ${job.spec.axes.map(({ count }) => count).join(" x ")}${parameters.join("")}`,
    `${work.length} of ${job.spec.chunkShape.join(" x ")}`,
    `${messages.length}`,
    share(shared),
    share(shared.filter((message) => message.work > startWork)),
  ];
}

async function runJob(memoryMb: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "manyhands-threads-"));
  const reports: ChunkReport[] = [];
  const progress = new Progress(1_000_000, 1);
  progress.reported = (message) => void reports.push(...message.chunks);
  try {
    await localEngine({ environment: { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: `${memoryMb}` } })({
      jobId: "threads",
      request: JOB,
      folder,
      workers: 1,
      progress,
      signal: new AbortController().signal,
    });
    const times = reports.map((report) => report.times!);
    const ends = times.map(({ startedAtMs, durationMs }) => startedAtMs + durationMs);
    return Math.max(...ends) - Math.min(...times.map(({ startedAtMs }) => startedAtMs));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function onThreads(
  threads: ReturnType<typeof chunkThreads>,
  which = chunks,
  of = spec,
): Promise<number> {
  const started = performance.now();
  await Promise.all(which.map((chunk) => threads.compute(of, chunk)));
  return performance.now() - started;
}

async function startThreads() {
  const threads = chunkThreads(2, bundle);
  const tiny = resolveJob({ ...JOB, chunk: [1, 1] }, "threads", KERNELS).spec;
  return { coldMs: await onThreads(threads, [0, 1], tiny), warmMs: await onThreads(threads, [2, 3], tiny) };
}
