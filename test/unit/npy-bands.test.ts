import { expect, test } from "vitest";
import { npyParts } from "../../functions/aggregator/npy.ts";
import { layoutOf } from "../../shared/array/layout.ts";
import { arraysOf, type JobSpec } from "../../shared/array/spec.ts";
import { encodeChunk } from "../../shared/array/zarr-array.ts";
import { makeArray } from "../../shared/kernels/dtype.ts";
import { putChunk } from "../../shared/record/stored-chunk.ts";
import { MemoryStore } from "../helpers/memory.ts";

// Rows of chunks of four and of three rows; the last chunk of each is two columns wide.
const [ROWS, COLUMNS] = [7, 10];
const HOLE = { chunk: 4, rows: [4, 7], columns: [4, 8] } as const;
const ROW_BYTES = 2 * COLUMNS;

const spec: JobSpec = {
  ...{
    kernel: "golden",
    parameters: {},
    values: [{ dtype: "uint16" }],
    codec: "none",
    chunkShape: [4, 4],
    seed: 0,
  },
  axes: [ROWS, COLUMNS].map((count) => ({ rule: "index", from: 0, step: 1, count })),
};
const cell = (row: number, column: number) => 100 * row + column + 1;

async function stored() {
  const store = new MemoryStore();
  for (const { index, from, shape, elements } of layoutOf(spec).chunks()) {
    if (index === HOLE.chunk) continue;
    const [rowStart = 0, columnStart = 0] = from;
    const [, columns = 1] = shape;
    const values = makeArray("uint16", elements).map((_, at) =>
      cell(rowStart + Math.floor(at / columns), columnStart + (at % columns)),
    );
    await putChunk(store, { jobId: "j", spec }, index, [encodeChunk(arraysOf(spec)[0]!, index, values)]);
  }
  return store;
}

/** Bytes of the parts after the header, and the cells that they hold. */
async function exported(bandBytes: number) {
  const parts: Uint8Array[] = [];
  for await (const part of npyParts(await stored(), { jobId: "j", spec }, { bandBytes })) parts.push(part);
  const bytes = Buffer.concat(parts.slice(1));
  const cells = Array.from({ length: bytes.length / 2 }, (_, at) => bytes.readUInt16LE(2 * at));
  return { rows: parts.slice(1).map(({ length }) => length / ROW_BYTES), cells };
}

const isHole = (row: number, column: number) =>
  row >= HOLE.rows[0] && row < HOLE.rows[1] && column >= HOLE.columns[0] && column < HOLE.columns[1];
const whole = Array.from({ length: ROWS * COLUMNS }, (_, at) => {
  const [row, column] = [Math.floor(at / COLUMNS), at % COLUMNS];
  return isHole(row, column) ? 65_535 : cell(row, column);
});

test.each([
  ["a whole row of chunks fits", 256 * 2 ** 20, [4, 3]],
  ["three rows fit", 3 * ROW_BYTES, [3, 1, 3]],
  ["hardly three", 3 * ROW_BYTES - 1, [2, 2, 2, 1]],
  ["not even a row", 1, [1, 1, 1, 1, 1, 1, 1]],
])("the file is the same where %s into a band, and no band is larger", async (_, bandBytes, rows) => {
  expect(await exported(bandBytes)).toEqual({ rows, cells: whole });
});
