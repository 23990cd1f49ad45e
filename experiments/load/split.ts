/** The splitter's own process, as it is deployed, for a job of many chunks and against the embedded queue. */
import type { Submission } from "../../shared/record/submission.ts";
import { withCloud } from "../measuring/own-cloud.ts";
import { watchProcesses } from "../measuring/processes.ts";
import { regionRequest } from "../measuring/requests.ts";
import { inMemory } from "../measuring/temporary.ts";

export type Split = Awaited<ReturnType<typeof runSplit>>;

/** The tutorial's region at `side` x `side` chunks of 100 x 100. */
export function runSplit(side: number, chunksPerMessage: number | "auto") {
  const request = regionRequest("mandelbrot", side * 100, { chunk: [100, 100], chunksPerMessage });
  return withCloud(
    async ({ pools: { splitter } }) => {
      void splitter.warm(1);
      const watched = watchProcesses(() => ({ splitter: splitter.pids, worker: [], aggregator: [] }));
      const began = performance.now();
      const submitted = (await splitter.invoke({ ...request, requestId: "load" })) as Submission;
      const wallMs = performance.now() - began;
      const { chunks, messages } = submitted;
      return { chunks, messages, wallMs, splitter: watched.stop().splitter };
    },
    { workers: 1, parent: inMemory() },
  );
}
