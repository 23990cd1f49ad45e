import fc from "fast-check";
import { expect, test } from "vitest";
import { bandsOf } from "../../../functions/aggregator/bands.ts";
import { npyParts } from "../../../functions/aggregator/npy.ts";
import { inRows, Layout, layoutOf } from "../../../shared/array/layout.ts";
import { arraysOf, type JobSpec } from "../../../shared/array/spec.ts";
import { encodeChunk } from "../../../shared/array/zarr-array.ts";
import { putChunk } from "../../../shared/record/stored-chunk.ts";
import { MemoryStore } from "../../helpers/memory.ts";
import { cuts, indices, place, plus } from "../../helpers/naive-arrays.ts";

const NEVER = 65_535;

test("result.npy of up to six axes has each stored element in its place, and the fill value for the others", async () => {
  await fc.assert(
    fc.asyncProperty(cuts, fc.nat(), async ({ shape, chunkShape }, missing) => {
      const axes = shape.map((count) => ({ rule: "index", from: 0, step: 1, count }) as const);
      const spec: JobSpec = {
        ...{ kernel: "k", parameters: {}, axes, chunkShape, seed: 0 },
        ...{ values: [{ dtype: "uint16" }], codec: "none" },
      };
      const store = new MemoryStore();
      const expected = Uint16Array.from(indices(shape), (index) => place(shape, index));
      const layout = layoutOf(spec);
      for (const { index: chunk, shape: part, from } of layout.chunks()) {
        const places = indices(part).map((index) => place(shape, plus(index, from)));
        if (chunk === missing % layout.total) for (const at of places) expected[at] = NEVER;
        else
          await putChunk(store, { jobId: "j", spec }, chunk, [
            encodeChunk(arraysOf(spec)[0]!, chunk, Uint16Array.from(places)),
          ]);
      }
      const parts: Buffer[] = [];
      for await (const part of npyParts(store, { jobId: "j", spec })) parts.push(Buffer.from(part));
      const [header, ...bytes] = parts;
      expect(header!.toString("latin1")).toContain(
        `'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""})`,
      );
      const data = Buffer.concat(bytes);
      expect([...expected]).toEqual(
        Array.from({ length: data.length / 2 }, (_, k) => data.readUInt16LE(2 * k)),
      );
    }),
    { numRuns: 60 },
  );
});

test("however little a band may hold, bands follow one another in the file and name the chunks they are made of", () => {
  fc.assert(
    fc.property(cuts, fc.integer({ min: 1, max: 300 }), ({ shape, chunkShape }, most) => {
      const layout = inRows(new Layout(shape, chunkShape));
      const lastRow = layout.shape.at(-1)!;
      let next = 0;
      for (const band of bandsOf(layout, most)) {
        expect(band.elements).toBeLessThanOrEqual(Math.max(most, lastRow));
        const elements = indices(band.shape).map((index) => plus(index, band.from));
        for (const element of elements) expect(place(layout.shape, element)).toBe(next++);
        const holders = new Set(elements.map((element) => layout.chunkAt(element).index));
        expect([...band.chunks].map(({ index }) => index)).toEqual([...holders].sort((a, b) => a - b));
      }
      expect(next).toBe(layout.elements);
    }),
    { numRuns: 60 },
  );
});
