/** The splitter's own process, as it is deployed, for a job of many chunks and against the embedded queue. */
import type { Submission } from "../../shared/submission.ts";
import { withCloud } from "../measuring/own-cloud.ts";
import { type Used, watchProcesses } from "../measuring/processes.ts";
import { inMemory } from "../measuring/temporary.ts";

export interface Split {
  readonly chunks: number;
  readonly messages: number;
  readonly wallMs: number;
  readonly splitter: Used;
}

/** The tutorial's region at `side` x `side` chunks of 100 x 100. */
export function runSplit(side: number, chunksPerMessage: number | "auto"): Promise<Split> {
  const axes = [
    { from: 1.3, to: -1.3, count: side * 100 },
    { from: -2.13, to: 0.77, count: side * 100 },
  ];
  const request = { kernel: "mandelbrot", requestId: "load", grid: { axes }, chunk: [100, 100] };
  return withCloud(
    async ({ pools: { splitter } }) => {
      void splitter.warm(1);
      const watched = watchProcesses(() => ({ splitter: splitter.pids, worker: [], aggregator: [] }));
      const began = performance.now();
      const submitted = (await splitter.invoke({ ...request, chunksPerMessage })) as Submission;
      const wallMs = performance.now() - began;
      const { chunks, messages } = submitted;
      return { chunks, messages, wallMs, splitter: watched.stop().splitter };
    },
    { workers: 1, parent: inMemory() },
  );
}
