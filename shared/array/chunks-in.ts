import type { Block, Layout } from "./layout.ts";

/** The numbers of the chunks that have a cell in the block, in their order. */
export function* chunksIn(
  { counts, chunkShape }: Layout,
  { from, shape }: Pick<Block, "from" | "shape">,
): Generator<number> {
  const first = from.map((start, axis) => Math.floor(start / chunkShape[axis]!));
  const last = from.map((start, axis) => Math.floor((start + shape[axis]! - 1) / chunkShape[axis]!));
  const at = [...first];
  for (;;) {
    yield at.reduce((index, place, axis) => index * counts[axis]! + place, 0);
    let axis = at.length - 1;
    while (axis >= 0 && at[axis] === last[axis]) at[axis] = first[axis--]!;
    if (axis < 0) return;
    at[axis]!++;
  }
}
