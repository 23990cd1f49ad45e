/** How the arrays of two jobs differ, read a few chunks at a time. */
import { lengthOf, pointsOf } from "../../shared/array/grid.ts";
import { type Block, elementsIn, type Layout, layoutOf } from "../../shared/array/layout.ts";
import { cellBytes } from "../../shared/array/spec.ts";
import type { Declaration } from "../../shared/kernels/declaration.ts";
import type { Dtype } from "../../shared/kernels/dtype.ts";
import { inLanes } from "../../shared/ports/lanes.ts";
import type { StoreReader } from "../../shared/ports/store.ts";
import { fixedInputs, namedAxes } from "../../shared/record/axis-names.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { type CellsDifference, cellsDifference, NO_CELLS, together } from "./cells-difference.ts";
import type { DifferencePicture } from "./difference-picture.ts";
import { StoredCells } from "./stored-cells.ts";

export interface ComparedJob {
  readonly job: StoredJob;
  readonly declaration: Declaration;
  readonly store: StoreReader;
}

export interface ValueDifference extends CellsDifference {
  readonly name: string;
}

export interface ArraysDifference {
  /** The inputs whose axes have other points; cells are compared by their index all the same. */
  readonly otherAxes: readonly string[];
  /** The values that both have. */
  readonly values: readonly ValueDifference[];
  /** Values that one has alone. */
  readonly onlyA: readonly string[];
  readonly onlyB: readonly string[];
}

export interface CompareOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (done: { readonly compared: number; readonly of: number }) => void;
  /** Where the differences of a value are drawn; undefined where no picture is wanted. */
  readonly pictureOf?: ((value: string) => DifferencePicture) | undefined;
}

/** The lanes together hold about as much of both arrays. */
const AT_ONCE_BYTES = 64 * 2 ** 20;
const MOST_LANES = 8;

/** Whether the two can be compared cell by cell: as many axes, and as many points on each. */
export function areAlike(a: StoredJob, b: StoredJob): boolean {
  return layoutOf(a.spec).shape.join() === layoutOf(b.spec).shape.join();
}

/** Compares arrays of one shape in the chunks of `a`. Rejects with InvalidInputError for a corrupt chunk, with what the stores reject with, and with the signal's reason. */
export async function arraysDifference(
  a: ComparedJob,
  b: ComparedJob,
  { signal, onProgress, pictureOf }: CompareOptions,
): Promise<ArraysDifference> {
  const [valuesA, valuesB] = [valueNames(a), valueNames(b)];
  const common = valuesA.filter((name) => valuesB.includes(name));
  const layout = layoutOf(a.job.spec);
  const chunkBytes = elementsIn(layout.chunkShape) * (cellBytes(a.job.spec) + cellBytes(b.job.spec));
  const lanes = Math.min(MOST_LANES, Math.max(1, Math.floor(AT_ONCE_BYTES / chunkBytes)));
  const progress = { compared: 0, of: layout.total * common.length };
  onProgress(progress);
  const values: ValueDifference[] = [];
  for (const name of common) {
    const [sideA, sideB] = [
      sideOf(a, valuesA.indexOf(name), layout),
      sideOf(b, valuesB.indexOf(name), layout),
    ];
    const picture = pictureOf?.(name);
    let all = NO_CELLS;
    const compare = async (block: Block) => {
      signal.throwIfAborted();
      const [cellsA, cellsB] = await Promise.all([sideA.stored.block(block), sideB.stored.block(block)]);
      const pair = {
        block,
        a: { cells: cellsA, fill: sideA.stored.fill, special: sideA.special },
        b: { cells: cellsB, fill: sideB.stored.fill, special: sideB.special },
      };
      const found = cellsDifference(pair, picture?.painter(block));
      onProgress({ ...progress, compared: ++progress.compared });
      return found;
    };
    // In pieces: a chunk's finding is small, but there may be a million chunks.
    for (let first = 0; first < layout.total; first += PIECE) {
      const chunks = [...layout.chunks(first, Math.min(first + PIECE, layout.total))];
      for (const found of await inLanes(chunks, lanes, compare)) all = together(all, found);
    }
    values.push({ name, ...all });
  }
  return {
    values,
    otherAxes: otherAxes(a, b),
    onlyA: valuesA.filter((name) => !valuesB.includes(name)),
    onlyB: valuesB.filter((name) => !valuesA.includes(name)),
  };
}

const PIECE = 1000;

const valueNames = ({ job, declaration }: ComparedJob): string[] =>
  job.spec.values.map(({ name }, k) => name ?? declaration.values[k]?.name ?? "value");

function sideOf({ store, job, declaration }: ComparedJob, place: number, { chunkShape }: Layout) {
  const { dtype } = job.spec.values[place]!;
  return {
    stored: new StoredCells(store, job, place, chunkShape),
    special: specialNumber(job.spec, declaration, place, dtype),
  };
}

/** The number that is no measure in all of a value's cells; undefined where there is none, or it differs along an axis. */
function specialNumber(
  spec: StoredJob["spec"],
  declaration: Declaration,
  place: number,
  dtype: Dtype,
): number | undefined {
  const { equals } = declaration.values[place]?.special ?? {};
  const number = typeof equals === "string" ? fixedInputs(spec, declaration)[equals] : equals;
  if (typeof number !== "number") return undefined;
  return dtype === "float32" ? Math.fround(number) : number;
}

function otherAxes(a: ComparedJob, b: ComparedJob): string[] {
  const others = namedAxes(b.job.spec, b.declaration);
  return namedAxes(a.job.spec, a.declaration).flatMap((axis, k) => {
    const other = others[k]!;
    if (axis.input !== other.input) return [`${axis.input} and ${other.input}`];
    return isSamePoints(axis, other) ? [] : [axis.input];
  });
}

type Axis = Parameters<typeof lengthOf>[0];

/** By their points, not by their rule: two rules may give the same. */
function isSamePoints(a: Axis, b: Axis): boolean {
  const points = (axis: Axis) => pointsOf(axis, 0, lengthOf(axis));
  const [ofA, ofB] = [points(a), points(b)];
  return [...ofA.keys()].every((k) => ofA[k] === ofB[k]);
}
