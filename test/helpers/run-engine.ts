import { join } from "node:path";
import { Progress } from "../../api/progress.ts";
import { mountsOf, type Runner } from "../../client/engines/engine.ts";
import { type LocalOptions, localEngine } from "../../client/engines/local.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";
import { storedArray } from "./arrays.ts";
import { temporaryFolder } from "./temporary.ts";

const ROOT = join(import.meta.dirname, "../..");

/** A quick job of 20 chunks, each in a message of its own. */
export const twentyChunks = (kernel: string, more: Partial<JobRequest> = {}): JobRequest => ({
  kernel,
  points: [50, 40],
  chunk: [10, 10],
  chunksPerMessage: 1,
  output: { plots: false },
  ...more,
});

/** Runs a job on an engine into a folder of the test's own, and reads the array back. */
export async function runEngine(
  engine: Runner,
  request: JobRequest,
  { workers = 2, signal = new AbortController().signal, folder = temporaryFolder() } = {},
) {
  const progress = new Progress(1_000_000, 1);
  const result = await engine({ jobId: "job", request, folder, workers, progress, signal });
  const store = new FileStore(mountsOf("job", folder));
  return { ...result, folder, progress, store, array: await storedArray(store, "job") };
}

/** The bundles that know the misbehaving kernels of test/fixtures/registry.ts. */
export const misbehavingBundles = () =>
  ensureBundles({ folder: join(ROOT, "dist/test"), registry: join(ROOT, "test/fixtures/registry.ts") });

/** The local engine with them. */
export function misbehavingEngine(options: Partial<LocalOptions> = {}): Runner {
  return localEngine({
    retryAfterSeconds: 0,
    environment: { MARKERS: temporaryFolder() },
    bundles: misbehavingBundles,
    ...options,
  });
}
