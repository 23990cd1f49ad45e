/** A job's array, read from its store a chunk at a time. */
import { copyBlock } from "../shared/array/block-copy.ts";
import { chunksIn } from "../shared/array/chunks-in.ts";
import { lengthOf, pointsOf } from "../shared/array/grid.ts";
import { type Block, elementsIn, type Layout, layoutOf } from "../shared/array/layout.ts";
import { type ArraySpec, arraysOf } from "../shared/array/spec.ts";
import { decodeChunk, fillValue } from "../shared/array/zarr-array.ts";
import type { Declaration } from "../shared/kernels/declaration.ts";
import { type ChunkArray, type Dtype, makeArray } from "../shared/kernels/dtype.ts";
import { inLanes } from "../shared/ports/lanes.ts";
import type { StoreReader } from "../shared/ports/store.ts";
import { type ChunkOf, chunkKeys } from "../shared/record/array-keys.ts";
import { namedAxes } from "../shared/record/axis-names.ts";
import { listChunks, readEncoded } from "../shared/record/stored-chunk.ts";
import { AT_ONCE, type Reading } from "./reading.ts";
import type { ArrayAxis, ChunkCells, JobArray, Window, WindowCells } from "./results.ts";
import { blockOf } from "./window.ts";

/** The job's arrays by the names of its values; none where it maps items. */
export function storedArrays(
  job: ChunkOf,
  declaration: Declaration,
  reading: Reading,
): Readonly<Record<string, JobArray>> {
  const axes = axesOf(job, declaration);
  const arrays = arraysOf(job.spec).map((spec, place) => {
    const { name = "value", about = "", unit = "" } = declaration.values[place] ?? {};
    return new StoredArray({ job, spec, place, axes, reading, name: spec.name ?? name, about, unit });
  });
  return Object.fromEntries(arrays.map((array) => [array.name, array]));
}

function axesOf({ spec }: ChunkOf, declaration: Declaration): ArrayAxis[] {
  if (spec.values.length === 0) return [];
  return namedAxes(spec, declaration).map((axis) => {
    const { about = "", ...input } = declaration.inputs[axis.input] ?? {};
    const unit = "unit" in input ? input.unit : "";
    return { name: axis.input, about, unit, values: pointsOf(axis, 0, lengthOf(axis)) };
  });
}

interface ArrayOf extends Pick<JobArray, "name" | "about" | "unit" | "axes"> {
  readonly job: ChunkOf;
  readonly spec: ArraySpec;
  /** Among the job's values. */
  readonly place: number;
  readonly reading: Reading;
}

class StoredArray implements JobArray {
  readonly name: string;
  readonly about: string;
  readonly unit: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly chunkShape: readonly number[];
  readonly axes: readonly ArrayAxis[];
  readonly fillValue: number;
  readonly #of: ArrayOf;
  readonly #layout: Layout;

  constructor(of: ArrayOf) {
    this.#of = of;
    this.#layout = layoutOf(of.job.spec);
    this.name = of.name;
    this.about = of.about;
    this.unit = of.unit;
    this.axes = of.axes;
    this.dtype = of.spec.dtype;
    this.shape = [...this.#layout.shape];
    this.chunkShape = [...of.spec.chunkShape];
    this.fillValue = fillValue(of.spec.dtype);
  }

  async get(window: Window = {}): Promise<WindowCells> {
    const { from, shape } = blockOf(window, this.axes, this.shape);
    const values = makeArray(this.dtype, elementsIn(shape)).fill(this.fillValue);
    const missing: number[] = [];
    await this.#of.reading((store) =>
      inLanes([...chunksIn(this.#layout, { from, shape })], AT_ONCE, async (chunk) => {
        const cells = await this.#read(store, chunk);
        const { from: start, shape: sides } = this.#layout.chunk(chunk);
        if (cells) copyBlock({ values: cells, from: start, shape: sides }, { values, from, shape });
        else missing.push(chunk);
      }),
    );
    return { values, shape, from, missing: missing.sort((a, b) => a - b) };
  }

  async toTypedArray(): Promise<ChunkArray> {
    return (await this.get()).values;
  }

  async missing(): Promise<readonly number[]> {
    const isStored = await this.#of.reading((store) => listChunks(store, this.#of.job));
    return [...isStored.keys()].filter((chunk) => !isStored[chunk]);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ChunkCells, void, undefined> {
    for (let first = 0; first < this.#layout.total; first += AT_ONCE) {
      const chunks = [...this.#layout.chunks(first, Math.min(first + AT_ONCE, this.#layout.total))];
      yield* await this.#of.reading((store) =>
        inLanes(chunks, AT_ONCE, async ({ index, from, shape, elements }: Block & { index: number }) => {
          const cells = await this.#read(store, index);
          const values = cells ?? makeArray(this.dtype, elements).fill(this.fillValue);
          return { chunk: index, from, shape, values, isStored: cells !== undefined };
        }),
      );
    }
  }

  /** Undefined where it is not stored. Throws CorruptChunkError. */
  async #read(store: StoreReader, chunk: number): Promise<ChunkArray | undefined> {
    const { job, spec, place } = this.#of;
    const stored = await readEncoded(store, chunkKeys(job, chunk)[place]!, spec);
    return stored && decodeChunk(spec, chunk, stored);
  }
}
