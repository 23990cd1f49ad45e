/** How a worker computes with uploaded kernels: a bundle of its own, `apart.js` beside the artifacts, since other jobs do without. */
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import type { Upload } from "../../shared/kernels/uploads.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import type { Attempt } from "./attempt.ts";
import { type ApartPorts, computeApart } from "./compute-apart.ts";
import { UploadThreads, type UploadThreadsOptions } from "./upload-threads.ts";

export { serveUpload } from "./serve-upload.ts";

/** Threads of one environment that compute with what was uploaded. */
export interface Apart {
  /** Computes these chunks and stores them. Each failure is its chunk's own. */
  compute(
    chunks: readonly number[],
    job: StoredJob,
    upload: Upload,
    ports: ApartPorts,
    attempt: Attempt,
  ): Promise<void>;
  /** An uploaded task as a message works with it that has this time left: it maps in a thread. */
  mapping(kernel: LoadedKernel, upload: Upload, remainingMs: () => number): LoadedKernel;
}

export function apartOf(options: Omit<UploadThreadsOptions, "program">): Apart {
  const program = `require(${JSON.stringify(__filename)}).serveUpload()`;
  const threads = new UploadThreads({ ...options, program });
  return {
    compute: (chunks, job, upload, ports, attempt) =>
      computeApart(chunks, job, upload, { ...ports, threads }, attempt),
    mapping: (kernel, upload, remainingMs) => ({ ...kernel, map: threads.mapOf(upload, remainingMs) }),
  };
}
