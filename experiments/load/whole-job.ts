/** A job of chunks that compute nothing, through the embedded cloud, in this process and those that it starts. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { mountsOf } from "../../cli/engines/engine.ts";
import { localEngine } from "../../cli/engines/local.ts";
import { Progress } from "../../cli/terminal/progress.ts";
import type { Stage } from "../../shared/build/bundling.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { countOf, listSegments } from "../../shared/record/segments.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";
import { parentFolder } from "./parent.ts";
import { type Used, usedHere, watchProcesses } from "./processes.ts";

const ROOT = join(import.meta.dirname, "../..");
const SIDE = 2;
const WORKERS = 2;

export interface WholeJob {
  readonly chunks: number;
  readonly messages: number;
  /** From the splitter's invocation to the summary. */
  readonly wallMs: number;
  readonly state: string;
  /** Chunks that the summary counts, chunk objects, reports, and what the values add up to: each is `chunks`, or elements. */
  readonly done: number;
  readonly stored: number;
  readonly reported: number;
  readonly elements: number;
  readonly sum: number;
  /** Chunks as the command line's progress counted them. */
  readonly progressed: number;
  readonly used: Readonly<Record<Stage | "client", Used>>;
}

/** `down` x `across` chunks of 2 x 2 elements. */
export async function runWholeJob(
  down: number,
  across: number,
  chunksPerMessage: number | "auto",
): Promise<WholeJob> {
  const folder = mkdtempSync(join(parentFolder(), "manyhands-load-"));
  try {
    const bundles = await ensureBundles({
      folder: join(ROOT, "dist/experiments/noop"),
      registry: join(ROOT, "experiments/pipeline/noop-registry.ts"),
    });
    let watched: ReturnType<typeof watchProcesses> | undefined;
    const engine = localEngine({
      bundles: async () => bundles,
      onSlots: (pids) => {
        watched = watchProcesses(pids);
      },
    });
    const axis = (chunks: number) => ({ from: 0, to: 1, count: chunks * SIDE });
    const request = {
      ...{
        kernel: "noop",
        grid: { axes: [axis(down), axis(across)] },
        chunk: [SIDE, SIDE],
        chunksPerMessage,
      },
      output: { plots: false },
    } as const;
    const progress = new Progress(down * across, down * across * SIDE ** 2);
    const { signal } = new AbortController();
    const { summary, phasesMs } = await engine({
      ...{ jobId: "load", request, folder, workers: WORKERS, signal, progress },
    });
    const stages = watched?.stop();
    if (!stages) throw new Error("Expected the engine to show its slots");
    const store = new FileStore(mountsOf("load", folder));
    const { split, compute, aggregate } = phasesMs as { split: number; compute: number; aggregate: number };
    return {
      chunks: down * across,
      messages: JSON.parse(readFileSync(join(folder, "submitted.json"), "utf8")).messages,
      wallMs: split + compute + aggregate,
      state: summary.state,
      done: summary.chunks.done,
      stored: await countKeys(store.list("jobs/load/array/escape_time/c/")),
      reported: countOf((await listSegments(store, "load", down * across)).reports, 0),
      elements: summary.elements,
      sum: summary.sum,
      progressed: progress.done,
      used: { ...stages, client: usedHere() },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function countKeys(keys: AsyncIterable<string>): Promise<number> {
  let count = 0;
  for await (const _ of keys) count++;
  return count;
}
