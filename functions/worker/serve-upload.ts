/** In a thread that computes with one uploaded kernel and no other: its chunks, or its items. */
import { loadHost } from "#kernel-host";
import type { Kernels, LoadedKernel, UploadThread } from "../../shared/kernels/loader.ts";
import { loadKernel } from "../../shared/plan/check-spec.ts";
import type { ReportedJob } from "../../shared/record/stored-chunk.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import type { ChunkResult, MapResult, MapTask } from "./chunk-threads.ts";
import { answerOf, orFailed } from "./serve-chunks.ts";
import { serveTasks } from "./thread-pool.ts";
import type { UploadTask } from "./upload-threads.ts";

/** What the thread's program calls. */
export function serveUpload(): void {
  const { workerData } = process.getBuiltinModule("node:worker_threads");
  const kernels = kernelsOf(workerData as UploadThread);
  serveTasks<UploadTask | MapTask, ChunkResult | MapResult>((asked) =>
    orFailed<Awaited<ReturnType<typeof mapped>>["result"] | Awaited<ReturnType<typeof answerOf>>["result"]>(
      () =>
        "items" in asked ? mapped(asked, kernels) : answerOf({ ...asked, job: jobIn(asked.job) }, kernels),
    ),
  );
}

let latest: { readonly text: string; readonly job: ReportedJob } | undefined;

function jobIn(text: string): ReportedJob {
  if (text !== latest?.text) latest = { text, job: JSON.parse(text) };
  return latest.job;
}

function kernelsOf({ upload, files }: UploadThread): Kernels {
  let loaded: Promise<LoadedKernel | undefined> | undefined;
  return {
    keys: () => [upload.name],
    get: ({ hash }) => {
      if (hash !== upload.hash) return undefined;
      loaded ??= loadHost(files).then((host) => host?.loadUpload(upload));
      return loaded;
    },
  };
}

async function mapped({ kernel: named, items, run, over }: MapTask, kernels: Kernels) {
  const { map, name } = await loadKernel(named, kernels);
  if (!map) throw new InvalidInputError("kernel", "a task, for a job of items", name);
  const isOver = new Int32Array(over);
  const lines = await map(items, { ...run, mayBegin: async () => Atomics.load(isOver, 0) === 0 });
  return { result: { mapped: lines } };
}
