/** What a second vCPU gains a worker, and what its threads cost to start. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localEngine } from "../../cli/engines/local.ts";
import { ensureBundles } from "../../cli/local/bundles.ts";
import { Progress } from "../../cli/progress.ts";
import { type ChunkThreads, chunkThreads } from "../../functions/worker/chunk-threads.ts";
import type { ChunkReport } from "../../shared/chunk-report.ts";
import { type JobRequest, resolveJob } from "../../shared/job.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { median, origin, publish, spread } from "../report.ts";

const MEMORY_MB = { "1 vCPU": 1769, "2 vCPUs": 3538 } as const;
const REPEATS = Number(process.env.N ?? 9);
/** One message of 20 chunks, about 0.2 s each and a few kilobytes: it is the processor that is shared out here. */
const JOB: JobRequest = {
  kernel: "double-pendulum",
  grid: {
    axes: [
      { from: 3, to: -3, count: 200 },
      { from: -3, to: 3, count: 200 },
    ],
  },
  chunk: [40, 50],
  chunksPerMessage: 20,
  output: { plots: false },
};

interface Run {
  /** From the first chunk's start to the last one's confirmed store. */
  readonly wallMs: Record<keyof typeof MEMORY_MB, number>;
  /** CPU time of all chunks: the cores are shared, and a chunk takes longer the more others use them. */
  readonly cpuMs: Record<keyof typeof MEMORY_MB, number>;
  /** Until two new threads have answered, and then again. */
  readonly coldMs: number;
  readonly warmMs: number;
}

const bundles = await ensureBundles();
const runs: Run[] = [];
for (let repeat = 0; repeat < REPEATS; repeat++) {
  const one = await runJob(MEMORY_MB["1 vCPU"]);
  const two = await runJob(MEMORY_MB["2 vCPUs"]);
  runs.push({
    wallMs: { "1 vCPU": one.wallMs, "2 vCPUs": two.wallMs },
    cpuMs: { "1 vCPU": one.cpuMs, "2 vCPUs": two.cpuMs },
    ...(await startThreads()),
  });
  console.error(JSON.stringify(runs.at(-1)));
}
publish(
  "threads",
  `One worker on the local engine and one message of 20 chunks (the double pendulum, 200 x 200), with the memory of one vCPU and of two, in turn, in ms: median of ${REPEATS} runs, smallest and largest in brackets. Wall time is from the first chunk's start to the last one's confirmed store, the start of the threads left out; the speed-up is that of each pair of runs. The machine has two cores, which the worker shares with the embedded cloud and with other work. Starting is the time until two new threads have answered for a chunk of one element each, in a process of its own for the first pair.`,
  origin("node experiments/threads/run.ts"),
  runs,
  [
    {
      title: "A worker's threads",
      columns: ["", "1 vCPU", "2 vCPUs", "speed-up"],
      rows: [
        [
          "wall time",
          ...columns("wallMs"),
          spread(
            runs.map(({ wallMs }) => wallMs["1 vCPU"] / wallMs["2 vCPUs"]),
            2,
          ),
        ],
        ["CPU time in chunks", ...columns("cpuMs"), ""],
      ],
    },
    {
      title: "Starting two threads",
      columns: ["new", "warm"],
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
  ],
);
console.error(median(runs.map(({ wallMs }) => wallMs["1 vCPU"] / wallMs["2 vCPUs"])));
process.exit();

function columns(what: "wallMs" | "cpuMs"): string[] {
  return (["1 vCPU", "2 vCPUs"] as const).map((vcpus) => spread(runs.map((run) => run[what][vcpus])));
}

async function runJob(memoryMb: number) {
  const folder = mkdtempSync(join(tmpdir(), "manyhands-threads-"));
  const chunks: ChunkReport[] = [];
  const progress = new (class extends Progress {
    override reported(report: Parameters<Progress["reported"]>[0]) {
      chunks.push(...report.chunks);
    }
  })(1_000_000, 1);
  try {
    await localEngine({ environment: { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: `${memoryMb}` } })({
      jobId: "threads",
      request: JOB,
      folder,
      workers: 1,
      progress,
      signal: new AbortController().signal,
    });
    const times = chunks.map(({ times }) => times!);
    const start = Math.min(...times.map(({ startedAtMs }) => startedAtMs));
    const end = Math.max(...times.map(({ startedAtMs, durationMs }) => startedAtMs + durationMs));
    return { wallMs: end - start, cpuMs: times.reduce((sum, { cpuMs }) => sum + cpuMs, 0) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Threads of the worker's own bundle, each with a chunk of one element. */
async function startThreads() {
  const threads = chunkThreads(2, bundles.worker);
  const { spec } = resolveJob({ kernel: "julia", chunk: [1, 1] }, "threads", KERNELS);
  const once = async ({ size, compute }: ChunkThreads) => {
    const started = performance.now();
    await Promise.all(Array.from({ length: size }, (_, chunk) => compute(spec, chunk)));
    return performance.now() - started;
  };
  return { coldMs: await once(threads), warmMs: await once(threads) };
}
