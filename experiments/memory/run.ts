import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localEngine } from "../../cli/engines/local.ts";
import { Progress } from "../../cli/progress.ts";
import { STAGES, type Stage } from "../../shared/bundling.ts";
import { origin, peakMemoryMb, publish, spread } from "../report.ts";

/** Points a side. The aggregator's memory must not follow the array's, which grows 64-fold here. */
const SIDES = [1000, 4000, 8000];
const REPEATS = 3;
const SAMPLE_MS = 50;

interface Run {
  readonly side: number;
  readonly chunks: number;
  readonly arrayMb: number;
  readonly peakMb: Record<Stage | "client", number>;
}

const runs: Run[] = [];
for (const side of SIDES) {
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    runs.push(await measure(side));
    console.error(JSON.stringify(runs.at(-1)));
  }
}
publish(
  "memory",
  "Peak resident memory of each stage's largest process on the local engine, Mandelbrot at 1,000 iterations with pictures, automatic chunks, two workers, in MB: median of three runs, smallest and largest in brackets. `client` is the process of the command line, which holds the embedded SQS and S3 here and keeps its peak over the runs.",
  origin("node experiments/memory/run.ts"),
  runs,
  [
    {
      title: "Peak memory (MB)",
      columns: ["array", "as bytes (MB)", "chunks", ...STAGES, "client"],
      rows: SIDES.map((side) => {
        const same = runs.filter((run) => run.side === side);
        const peaks = ([...STAGES, "client"] as const).map((stage) =>
          spread(same.map(({ peakMb }) => peakMb[stage])),
        );
        return [`${side} x ${side}`, same[0]?.arrayMb ?? 0, same[0]?.chunks ?? 0, ...peaks];
      }),
    },
  ],
);

async function measure(side: number): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), "manyhands-memory-"));
  const peakMb = { splitter: 0, worker: 0, aggregator: 0, client: 0 };
  let timer: NodeJS.Timeout | undefined;
  const engine = localEngine({
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
        { from: 1.3, to: -1.3, count: side },
        { from: -2.13, to: 0.77, count: side },
      ],
    },
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
    return { side, chunks: summary.chunks.total, arrayMb: (side * side * 2) / 1e6, peakMb };
  } finally {
    clearInterval(timer);
    rmSync(folder, { recursive: true, force: true });
  }
}
