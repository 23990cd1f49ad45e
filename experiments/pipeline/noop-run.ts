import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { localEngine } from "../../cli/engines/local.ts";
import { Progress } from "../../cli/terminal/progress.ts";
import { STAGES, type Stage } from "../../shared/build/bundling.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";

/** Chunks a side of the array, and elements a side of a chunk. */
const CHUNKS = 100;
const SIDE = 10;
const SAMPLE_MS = 50;
const JIFFY_MS = 10;

export interface NoopRun {
  readonly chunks: number;
  readonly messages: number;
  /** From the splitter's invocation to the summary. */
  readonly wallMs: number;
  /** CPU time of each stage's processes from their start on, and of this process meanwhile: queues and store. */
  readonly cpuMs: Record<Stage | "cloud", number>;
}

/** 10,000 chunks that compute nothing, through the embedded cloud with two workers; the store is a folder below `parent`. */
export async function runNoop(chunksPerMessage: number | "auto", parent: string): Promise<NoopRun> {
  const folder = mkdtempSync(join(parent, "manyhands-pipeline-"));
  const registry = join(import.meta.dirname, "noop-registry.ts");
  const bundles = await ensureBundles({
    folder: join(import.meta.dirname, "../../dist/experiments/noop"),
    registry,
  });
  const cpuOf = new Map<number, { stage: Stage; ms: number }>();
  let timer: NodeJS.Timeout | undefined;
  let messages = 0;
  const engine = localEngine({
    bundles: async () => bundles,
    onSlots: (pids) => {
      timer = setInterval(() => {
        for (const stage of STAGES)
          for (const pid of pids()[stage]) cpuOf.set(pid, { stage, ms: cpuMsOf(pid) });
      }, SAMPLE_MS);
    },
  });
  const axis = { from: 0, to: 1, count: CHUNKS * SIDE };
  const request = {
    ...{ kernel: "noop", grid: { axes: [axis, axis] }, chunk: [SIDE, SIDE], output: { plots: false } },
    ...(chunksPerMessage !== "auto" && { chunksPerMessage }),
  };
  try {
    const before = process.cpuUsage();
    const { summary, phasesMs } = await engine({
      ...{ jobId: "noop", request, folder, workers: 2, signal: new AbortController().signal },
      progress: new Progress(1_000_000, 1),
    });
    const { user, system } = process.cpuUsage(before);
    messages = JSON.parse(readFileSync(join(folder, "submitted.json"), "utf8")).messages;
    const cpuMs = { splitter: 0, worker: 0, aggregator: 0, cloud: (user + system) / 1000 };
    for (const { stage, ms } of cpuOf.values()) cpuMs[stage] += ms;
    const { split = 0, compute = 0, aggregate = 0 } = phasesMs as Record<string, number>;
    return { chunks: summary.chunks.done, messages, wallMs: split + compute + aggregate, cpuMs };
  } finally {
    clearInterval(timer);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** User and system time of a process so far; 0 once it is gone. Linux only. */
function cpuMsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * JIFFY_MS;
  } catch {
    return 0;
  }
}
