/** How far the cells of two blocks are apart. Pure. */
import { stridesOf } from "../../shared/array/block-copy.ts";
import type { Block } from "../../shared/array/layout.ts";
import type { ChunkArray } from "../../shared/kernels/dtype.ts";

/** One block of the two arrays: their cells row-major, NaN or the fill value where there is none. */
export interface Pair {
  readonly block: Pick<Block, "from" | "shape">;
  readonly a: Side;
  readonly b: Side;
}

interface Side {
  readonly cells: ChunkArray;
  readonly fill: number;
  /** The number that says that there is no measure, such as "never flips"; absent where the kernel has none. */
  readonly special?: number | undefined;
}

/** A cell, and how much `b` is from `a` there. */
export interface Apart {
  readonly by: number;
  /** Its index along each axis. */
  readonly at: readonly number[];
  readonly a: number;
  readonly b: number;
}

export interface CellsDifference {
  /** Both have a measure. */
  readonly compared: number;
  /** Those of them that are not equal: 0 and -0 are. */
  readonly apart: number;
  /** One has a number and the other none: a hole, or NaN. */
  readonly onlyA: number;
  readonly onlyB: number;
  /** Neither has a number. */
  readonly neither: number;
  /** One has a measure and the other its special value. */
  readonly specialA: number;
  readonly specialB: number;
  /** Both have their special value, whichever number that is. */
  readonly specialBoth: number;
  /** |b - a|, and that divided by the larger of |a| and |b|; the first cell that has the most. */
  readonly absolute: Apart | undefined;
  readonly relative: Apart | undefined;
  /** All cells that differ in some way lie between these indices, both among them. */
  readonly within: { readonly first: readonly number[]; readonly last: readonly number[] } | undefined;
}

const NO_COUNTS = {
  ...{ compared: 0, apart: 0, onlyA: 0, onlyB: 0, neither: 0 },
  ...{ specialA: 0, specialB: 0, specialBoth: 0 },
};
export const NO_CELLS: CellsDifference = Object.freeze({
  ...NO_COUNTS,
  ...{ absolute: undefined, relative: undefined, within: undefined },
});

/** How many cells differ: in their numbers, or since one has none or is special. */
export const differing = ({ apart, onlyA, onlyB, specialA, specialB }: CellsDifference): number =>
  apart + onlyA + onlyB + specialA + specialB;

/** Told of each cell in turn: b - a, 0 where both are special, NaN where only one has a measure or neither has. */
export type OnCell = (cell: number, difference: number) => void;

export function cellsDifference({ block, a, b }: Pair, onCell?: OnCell): CellsDifference {
  const strides = stridesOf(block.shape);
  const placeOf = (cell: number) =>
    strides.map((stride, axis) => block.from[axis]! + (Math.floor(cell / stride) % block.shape[axis]!));
  const counts = { ...NO_COUNTS };
  let [absolute, relative] = [NOTHING, NOTHING];
  let within: CellsDifference["within"];
  const [cellsA, cellsB] = [a.cells, b.cells];
  // By index, and with the common case first: there may be 10^10 cells.
  for (let cell = 0; cell < cellsA.length; cell++) {
    const [x, y] = [cellsA[cell]!, cellsB[cell]!];
    const kind = kindOf(x, a) + 3 * kindOf(y, b);
    if (kind === 0 && x === y) {
      counts.compared++;
      onCell?.(cell, 0);
      continue;
    }
    counts[KINDS[kind]!]++;
    const by = kind === 0 ? y - x : kind === BOTH_SPECIAL ? 0 : Number.NaN;
    onCell?.(cell, by);
    if (kind === NEITHER || kind === BOTH_SPECIAL) continue;
    const at = placeOf(cell);
    within = around(within, at, at);
    if (kind !== 0) continue;
    counts.apart++;
    const distance = Math.abs(by);
    const share = Number.isFinite(distance) ? distance / Math.max(Math.abs(x), Math.abs(y)) : 1;
    if (distance > absolute.by) absolute = { by: distance, at, a: x, b: y };
    if (share > relative.by) relative = { by: share, at, a: x, b: y };
  }
  return { ...counts, absolute: orNone(absolute), relative: orNone(relative), within };
}

const NOTHING: Apart = { by: 0, at: [], a: 0, b: 0 };
const orNone = (apart: Apart) => (apart === NOTHING ? undefined : apart);

/** 0 for a measure, 1 for none, 2 for the special value. */
function kindOf(value: number, { fill, special }: Side): 0 | 1 | 2 {
  if (value === special) return 2;
  return value === fill || Number.isNaN(value) ? 1 : 0;
}

/** By the kind of `a` and 3 times that of `b`. */
const KINDS: readonly (keyof typeof NO_COUNTS)[] = [
  ...(["compared", "onlyB", "specialA"] as const),
  ...(["onlyA", "neither", "onlyA"] as const),
  ...(["specialB", "onlyB", "specialBoth"] as const),
];
const NEITHER = 4;
const BOTH_SPECIAL = 8;

/** Both together; of two cells that are as far apart, the former's. */
export function together(former: CellsDifference, next: CellsDifference): CellsDifference {
  const sum = (key: keyof CellsDifference) => (former[key] as number) + (next[key] as number);
  return {
    ...{ compared: sum("compared"), apart: sum("apart"), onlyA: sum("onlyA"), onlyB: sum("onlyB") },
    ...{ neither: sum("neither"), specialA: sum("specialA"), specialB: sum("specialB") },
    specialBoth: sum("specialBoth"),
    absolute: further(former.absolute, next.absolute),
    relative: further(former.relative, next.relative),
    within: next.within ? around(former.within, next.within.first, next.within.last) : former.within,
  };
}

const further = (former: Apart | undefined, next: Apart | undefined) =>
  !former || (next && next.by > former.by) ? next : former;

function around(
  within: CellsDifference["within"],
  first: readonly number[],
  last: readonly number[],
): CellsDifference["within"] {
  if (!within) return { first, last };
  return {
    first: within.first.map((at, axis) => Math.min(at, first[axis]!)),
    last: within.last.map((at, axis) => Math.max(at, last[axis]!)),
  };
}
