import { copyBlock } from "../../shared/array/block-copy.ts";
import { coordinates } from "../../shared/array/grid.ts";
import { layoutOf } from "../../shared/array/layout.ts";
import { bytesOf, fillValue } from "../../shared/array/zarr-array.ts";
import { makeArray } from "../../shared/kernels/kernel.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { getJson, type Store } from "../../shared/ports/store.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { findChunk } from "../../shared/record/stored-chunk.ts";

/** A job's whole array as it is stored, missing chunks as the fill value. */
export async function storedArray(store: Store, jobId: string) {
  const job = (await getJson(store, jobKeys(jobId).job)) as StoredJob;
  const layout = layoutOf(job.spec);
  const whole = makeArray(job.spec.dtype, layout.elements).fill(fillValue(job.spec.dtype));
  const target = { values: whole, shape: layout.shape, from: layout.shape.map(() => 0) };
  for (const { index, shape, from } of layout.chunks()) {
    const found = await findChunk(store, job, index);
    if (found) copyBlock({ values: found.values, from, shape }, target);
  }
  return whole;
}

/** The same job computed in one piece by the plain kernel: the oracle for every way of cutting it. */
export function wholeArray({ spec }: Pick<StoredJob, "spec">) {
  const kernel = KERNELS.get(spec.kernel)!;
  const [x, y] = spec.axes.toReversed();
  const window = {
    y: y ? coordinates(y, 0, y.count) : Float64Array.of(kernel.axes[0].at),
    x: coordinates(x!, 0, x!.count),
  };
  const whole = makeArray(spec.dtype, window.y.length * window.x.length);
  kernel.compute(spec.parameters, window, whole);
  return whole;
}

export function sameBytes(a: Parameters<typeof bytesOf>[0], b: Parameters<typeof bytesOf>[0]): boolean {
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}
