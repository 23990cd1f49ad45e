import { expect, test } from "vitest";
import { arraysDifference } from "../../../client/diff/arrays-difference.ts";
import { layoutOf } from "../../../shared/array/layout.ts";
import { arraysOf } from "../../../shared/array/spec.ts";
import { encodeChunk } from "../../../shared/array/zarr-array.ts";
import { KERNELS } from "../../../shared/kernels/registry.ts";
import { declarationOf } from "../../../shared/plan/declaration-of.ts";
import { chunkKeys } from "../../../shared/record/array-keys.ts";
import { resolvedJob } from "../../helpers/kernels.ts";
import { MemoryStore } from "../../helpers/memory.ts";

const options = { signal: new AbortController().signal, onProgress: () => {} };

/** A stored job of 7 x 5 cells, cell [i, j] of which is 10 i + j, but for what `change` says. */
async function stored(
  chunk: [number, number],
  change: (i: number, j: number) => number | undefined = () => undefined,
) {
  const job = {
    ...resolvedJob({ kernel: "mandelbrot", points: [7, 5], chunk, dtype: "uint16", codec: "none" }),
    submittedAtMs: 1,
  };
  const store = new MemoryStore();
  const [array] = arraysOf(job.spec);
  for (const { index, from, shape, elements } of layoutOf(job.spec).chunks()) {
    const cells = Uint16Array.from({ length: elements }, (_, k) => {
      const [i, j] = [from[0]! + Math.floor(k / shape[1]!), from[1]! + (k % shape[1]!)];
      return change(i, j) ?? 10 * i + j;
    });
    await store.put(chunkKeys(job, index)[0]!, encodeChunk(array!, index, cells));
  }
  return { job, store, declaration: declarationOf(job, KERNELS) };
}

test("arrays that are cut differently are compared cell by cell", async () => {
  const a = await stored([2, 2]);
  expect(await arraysDifference(a, await stored([3, 4]), options)).toMatchObject({
    ...{ otherAxes: [], onlyA: [], onlyB: [] },
    values: [{ name: "escape_time", compared: 35, apart: 0, within: undefined }],
  });
  const b = await stored([3, 4], (i, j) => (i === 4 && j > 2 ? 0 : undefined));
  expect((await arraysDifference(a, b, options)).values[0]).toMatchObject({
    ...{ compared: 35, apart: 2 },
    absolute: { by: 44, at: [4, 4], a: 44, b: 0 },
    within: { first: [4, 3], last: [4, 4] },
  });
});

test("a chunk that is not there is a hole, and one that cannot be read is refused by its number and job", async () => {
  const [a, b] = [await stored([2, 2]), await stored([3, 4])];
  const [key = ""] = chunkKeys(b.job, 3);
  await b.store.put(key, new Uint8Array(3));
  await expect(arraysDifference(a, b, options)).rejects.toThrow(/chunk 3 of \S+ to be one that can be read/);
  b.store.objects.delete(key);
  const found = await arraysDifference(a, b, options);
  expect(found.values[0]).toMatchObject({ compared: 32, onlyA: 3, onlyB: 0, neither: 0 });
});
