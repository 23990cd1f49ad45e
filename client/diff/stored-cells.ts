import { copyBlock } from "../../shared/array/block-copy.ts";
import { chunksIn } from "../../shared/array/chunks-in.ts";
import { type Block, elementsIn, type Layout, layoutOf } from "../../shared/array/layout.ts";
import { type ArraySpec, arraysOf } from "../../shared/array/spec.ts";
import { decodeChunk, fillValue } from "../../shared/array/zarr-array.ts";
import { BYTES_PER_ELEMENT, type ChunkArray, makeArray } from "../../shared/kernels/dtype.ts";
import type { StoreReader } from "../../shared/ports/store.ts";
import { type ChunkOf, chunkKeys } from "../../shared/record/array-keys.ts";
import { namingChunk, readEncoded } from "../../shared/record/stored-chunk.ts";

/** What is kept of chunks that were read: the next blocks may need them again where the other job is cut otherwise. */
const KEPT_BYTES = 64 * 2 ** 20;

/** The cells of one of a job's values, a block at a time. */
export class StoredCells {
  readonly fill: number;
  readonly #store: StoreReader;
  readonly #job: ChunkOf;
  readonly #place: number;
  readonly #array: ArraySpec;
  readonly #layout: Layout;
  readonly #mostKept: number;
  /** The latest ones, the oldest first. */
  readonly #kept = new Map<number, Promise<ChunkArray | undefined>>();

  /** Blocks will be those of `chunkShape`: where it is the job's own, no chunk is asked for twice, and none is kept. */
  constructor(store: StoreReader, job: ChunkOf, place: number, chunkShape: readonly number[]) {
    this.#store = store;
    this.#job = job;
    this.#place = place;
    this.#array = arraysOf(job.spec)[place]!;
    this.#layout = layoutOf(job.spec);
    this.fill = fillValue(this.#array.dtype);
    const bytes = BYTES_PER_ELEMENT[this.#array.dtype] * elementsIn(job.spec.chunkShape);
    const isOwn = chunkShape.join() === job.spec.chunkShape.join();
    this.#mostKept = isOwn ? 0 : Math.max(1, Math.floor(KEPT_BYTES / bytes));
  }

  /** Row-major; the fill value where a chunk is not there. Throws InvalidInputError for one that is corrupt, and what the store throws. */
  async block({ from, shape }: Pick<Block, "from" | "shape">): Promise<ChunkArray> {
    const cells = makeArray(this.#array.dtype, elementsIn(shape)).fill(this.fill);
    for (const index of chunksIn(this.#layout, { from, shape })) {
      const values = await this.#chunk(index);
      if (values) copyBlock({ values, ...this.#layout.chunk(index) }, { values: cells, from, shape });
    }
    return cells;
  }

  #chunk(index: number): Promise<ChunkArray | undefined> {
    const chunk = this.#kept.get(index) ?? this.#read(index);
    this.#kept.delete(index);
    this.#kept.set(index, chunk);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#mostKept) this.#kept.delete(oldest!);
    return chunk;
  }

  async #read(index: number): Promise<ChunkArray | undefined> {
    const stored = await readEncoded(this.#store, chunkKeys(this.#job, index)[this.#place]!, this.#array);
    try {
      return stored && decodeChunk(this.#array, index, stored);
    } catch (error) {
      throw namingChunk(this.#job, index, error);
    }
  }
}
