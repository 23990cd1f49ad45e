import { chunkValues } from "../../functions/worker/values.ts";
import { copyBlock } from "../../shared/array/block-copy.ts";
import { layoutOf } from "../../shared/array/layout.ts";
import { arraysOf } from "../../shared/array/spec.ts";
import { bytesOf, fillValue } from "../../shared/array/zarr-array.ts";
import { makeArray } from "../../shared/kernels/dtype.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { getParsed, type Store } from "../../shared/ports/store.ts";
import { type StoredJob, StoredJobSchema } from "../../shared/record/job.ts";
import { findChunk } from "../../shared/record/stored-chunk.ts";
import { builtIn } from "./kernels.ts";

/** The whole array of a job's first value as it is stored, missing chunks as the fill value. */
export async function storedArray(store: Store, jobId: string) {
  return (await storedArrays(store, jobId))[0]!;
}

/** The whole array of each value. */
export async function storedArrays(store: Store, jobId: string) {
  const job = (await getParsed(store, jobKeys(jobId).job, StoredJobSchema))!;
  const layout = layoutOf(job.spec);
  const arrays = arraysOf(job.spec).map(({ dtype }) =>
    makeArray(dtype, layout.elements).fill(fillValue(dtype)),
  );
  for (const { index, shape, from } of layout.chunks()) {
    const found = await findChunk(store, job, index);
    for (const [k, values] of (found?.values ?? []).entries()) {
      const target = { values: arrays[k]!, shape: layout.shape, from: layout.shape.map(() => 0) };
      copyBlock({ values, from, shape }, target);
    }
  }
  return arrays;
}

/** The same job computed in one piece by the plain kernel: the oracle for every way of cutting it. */
export function wholeArray({ spec }: Pick<StoredJob, "spec">) {
  const kernel = builtIn(spec.kernel);
  const { shape } = layoutOf(spec);
  return chunkValues({ ...spec, chunkShape: [...shape] }, 0, kernel, kernel.compute)[0]!;
}

export function sameBytes(a: Parameters<typeof bytesOf>[0], b: Parameters<typeof bytesOf>[0]): boolean {
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}
