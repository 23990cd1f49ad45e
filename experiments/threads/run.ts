/** What a second vCPU gains a worker, and what its threads cost to start. */

import { twins } from "../../client/kernels/loader.ts";
import { chunkThreads } from "../../functions/worker/chunk-threads.ts";
import { layoutOf } from "../../shared/array/layout.ts";
import type { ChunkReport } from "../../shared/messages/chunk-report.ts";
import type { Job } from "../../shared/record/job.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";
import { experiment } from "../measuring/experiment.ts";
import { runLocalJob } from "../measuring/local-job.ts";
import { resolvedJob } from "../measuring/requests.ts";
import { inTemporaryFolder } from "../measuring/temporary.ts";
import { JOB, MEMORY_MB, page, ROUNDS } from "./page.ts";

const job = resolvedJob(JOB, "threads");
const tiny = resolvedJob({ ...JOB, chunk: [1, 1] }, "threads");

await experiment("threads", measure, page);
process.exit(); // a worker's threads are there for good

export type Run = Awaited<ReturnType<typeof measure>>[number];

async function measure() {
  const { worker: bundle } = await ensureBundles();
  const start = (size: number) => chunkThreads(size, bundle, () => ({ twins: twins() }));
  const bare = [start(1), start(2)] as const;
  const chunks = Array.from({ length: layoutOf(job.spec).total }, (_, chunk) => chunk);
  const round = async () => {
    /** With one vCPU and with two. */
    const workerMs = [await runJob(MEMORY_MB[0]), await runJob(MEMORY_MB[1])] as const;
    /** The same chunks on bare threads, nothing stored: what the machine had to give at that moment. */
    const bareMs = [await onThreads(bare[0], chunks), await onThreads(bare[1], chunks)] as const;
    const started = start(2);
    /** Until two new threads have answered for an element each, and then again. */
    const coldMs = await onThreads(started, [0, 1], tiny);
    return { workerMs, bareMs, coldMs, warmMs: await onThreads(started, [2, 3], tiny) };
  };
  await round(); // builds bundles and starts the bare threads
  const runs: Awaited<ReturnType<typeof round>>[] = [];
  for (let repeat = 0; repeat < ROUNDS; repeat++) {
    runs.push(await round());
    console.error(JSON.stringify(runs.at(-1)));
  }
  return runs;
}

/** From the first chunk's start to the last one's confirmed store. */
async function runJob(memoryMb: number): Promise<number> {
  const reports: ChunkReport[] = [];
  await inTemporaryFolder((folder) =>
    runLocalJob(folder, JOB, {
      environment: { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: `${memoryMb}` },
      workers: 1,
      reported: ({ chunks }) => void reports.push(...chunks),
    }),
  );
  const times = reports.map((report) => report.times!);
  const ends = times.map(({ startedAtMs, durationMs }) => startedAtMs + durationMs);
  return Math.max(...ends) - Math.min(...times.map(({ startedAtMs }) => startedAtMs));
}

async function onThreads(
  threads: ReturnType<typeof chunkThreads>,
  chunks: readonly number[],
  of: Job = job,
): Promise<number> {
  const started = performance.now();
  await Promise.all(chunks.map((chunk) => threads.compute(of, chunk)));
  return performance.now() - started;
}
