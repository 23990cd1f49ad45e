/** Peak memory of every process of a run on the local engine. `run.ts <side> <MB>` measures one run, in a process of its own. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localEngine } from "../../cli/engines/local.ts";
import { Progress } from "../../cli/terminal/progress.ts";
import { STAGES, type Stage } from "../../shared/build/bundling.ts";
import { origin, peakMemoryMb, publish, spread } from "../report.ts";

/** Points a side. The array grows 256-fold here, its chunks and its bands of rows less. */
const SIDES = [1000, 4000, 16_000];
/** A worker's memory setting decides whether it has threads. */
const MEMORY_MB = { one: 1769, two: 3538 } as const;
const REPEATS = 3;
const SAMPLE_MS = 50;

interface Run {
  readonly side: number;
  readonly workerMb: number;
  readonly chunks: number;
  readonly arrayMb: number;
  readonly peakMb: Record<Stage | "client", number>;
}

const [side, workerMb] = process.argv.slice(2).map(Number);
if (side && workerMb) console.log(JSON.stringify(await measure(side, workerMb)));
else publishAll();

function publishAll(): void {
  const runs: Run[] = [];
  for (const points of SIDES) {
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      for (const mb of Object.values(MEMORY_MB)) {
        const run = execFileSync(process.execPath, [import.meta.filename, `${points}`, `${mb}`]);
        runs.push(JSON.parse(run.toString()) as Run);
        console.error(JSON.stringify(runs.at(-1)));
      }
    }
  }
  publish(
    "memory",
    `Peak resident memory of each stage's largest process on the local engine, Mandelbrot at 1,000 iterations with all that a job can make (pictures, the large surface and \`result.npy\`), automatic chunks, two workers, in MB: median of ${REPEATS} runs, for what has nothing to do with a worker's threads of ${2 * REPEATS}, smallest and largest in brackets. \`client\` is the process of the command line, which holds the embedded SQS and S3 here, a new one for each run. A worker with two vCPUs computes in two threads, once they pay. No stage holds the array, but what they hold grows with it up to a bound: chunks, of which automatic ones have up to 2 MiB and none more than 64 MiB, and, for \`result.npy\`, a band of rows, one row of chunks high and at most 256 MiB.`,
    origin("node experiments/memory/run.ts"),
    runs,
    [
      {
        title: "Peak memory (MB)",
        columns: [
          "array",
          "as bytes (MB)",
          "chunks",
          "splitter",
          "worker",
          "worker, 2 vCPUs",
          "aggregator",
          "client",
        ],
        rows: SIDES.map((points) => {
          const same = runs.filter((run) => run.side === points);
          const peaks = (stage: Stage | "client", among = same) =>
            spread(among.map(({ peakMb }) => peakMb[stage]));
          const workers = Object.values(MEMORY_MB).map((mb) =>
            peaks(
              "worker",
              same.filter((run) => run.workerMb === mb),
            ),
          );
          return [
            `${points} x ${points}`,
            same[0]?.arrayMb ?? 0,
            same[0]?.chunks ?? 0,
            peaks("splitter"),
            ...workers,
            peaks("aggregator"),
            peaks("client"),
          ];
        }),
      },
    ],
  );
}

async function measure(points: number, mb: number): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), "manyhands-memory-"));
  const peakMb = { splitter: 0, worker: 0, aggregator: 0, client: 0 };
  let timer: NodeJS.Timeout | undefined;
  const engine = localEngine({
    environment: { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: `${mb}` },
    onSlots: (pids) => {
      timer = setInterval(() => {
        for (const stage of STAGES) {
          for (const pid of pids()[stage]) peakMb[stage] = Math.max(peakMb[stage], peakMemoryMb(pid) ?? 0);
        }
      }, SAMPLE_MS);
    },
  });
  const request = {
    kernel: "mandelbrot",
    grid: {
      axes: [
        { from: 1.3, to: -1.3, count: points },
        { from: -2.13, to: 0.77, count: points },
      ],
    },
    output: { plot3d: true, npy: true },
  };
  try {
    const { summary } = await engine({
      jobId: "memory",
      request,
      folder,
      workers: 2,
      progress: new Progress(1_000_000, 1),
      signal: new AbortController().signal,
    });
    peakMb.client = peakMemoryMb("self") ?? 0;
    const arrayMb = (points * points * 2) / 1e6;
    return { side: points, workerMb: mb, chunks: summary.chunks.total, arrayMb, peakMb };
  } finally {
    clearInterval(timer);
    rmSync(folder, { recursive: true, force: true });
  }
}
