/** What each chunk will cost, from a coarse run of the job's own kernel. */

import { stridesOf } from "../array/block-copy.ts";
import { type Axis, lengthOf, pointsOf } from "../array/grid.ts";
import { type Chunk, elementsIn, Layout, layoutOf } from "../array/layout.ts";
import type { JobSpec } from "../array/spec.ts";
import type { InputValue } from "../kernels/declaration.ts";
import { makeArray } from "../kernels/dtype.ts";
import type { CellWork, LoadedKernel, WindowAxis } from "../kernels/loaded.ts";
import { fixedInputs, namedAxes } from "../record/axis-names.ts";
import { type Costs, chunkWork, meanWorkOf, mostWorkOf, WORK_PER_SECOND } from "./work-units.ts";

/** The budget of the coarse run, whichever is least: half a second at the stated rate, a share of the job, points. */
const BUDGET_WORK = 0.5 * WORK_PER_SECOND;
const ELEMENTS_PER_POINT = 64;
const MOST_POINTS = 100_000;
const POINTS_PER_CHUNK = 16;
/** Fewer cannot be told apart to any use. */
const FEWEST_POINTS = 16;
const FEWEST_CHUNKS = 3;

/** The fields of a job that its work depends on. */
export interface Region extends Costs, Pick<JobSpec, "axes" | "values" | "chunkShape"> {}

/**
 * The work of every chunk of the job, in units of `Work`. It follows from the spec alone: neither clock nor
 * chance, so that a job split again is packed again in the same way. Where the coarse run would not pay, or the
 * kernel throws (which is its chunk's failure, not the job's), every element counts the same.
 */
export function estimateWork(region: Region, kernel: LoadedKernel): Float64Array {
  const layout = layoutOf(region);
  const cells = estimatedCells(region, kernel, layout);
  const work = new Float64Array(layout.total);
  for (let index = 0; index < layout.total; index++) {
    const chunk = layout.chunk(index);
    work[index] = chunkWork(chunk.elements, cells.meanWorkAt(chunk));
  }
  return work;
}

/** The mean work of an element in the chunk where that is most. */
export function dearestWork(region: Region, kernel: LoadedKernel): number {
  const layout = layoutOf(region);
  const cells = estimatedCells(region, kernel, layout);
  let dearest = 0;
  for (let index = 0; index < layout.total; index++)
    dearest = Math.max(dearest, cells.meanWorkAt(layout.chunk(index)));
  return dearest;
}

/**
 * The mean work of an element in the chunk where that is least, also of a single chunk, and in the whole array; undefined where the
 * kernel does not say what elements cost, or its coarse run tells nothing.
 */
export function cheapestWork(
  region: Region,
  kernel: LoadedKernel,
): { readonly cheapest: number; readonly mean: number } | undefined {
  const layout = layoutOf(region);
  if (region.measured) {
    const mean = meanWorkOf(kernel, region);
    return { cheapest: mean, mean };
  }
  const cells = kernel.work && coarseRun(region, kernel, kernel.work, layout, 1);
  if (!cells) return undefined;
  let cheapest = Number.POSITIVE_INFINITY;
  let sum = 0;
  for (const chunk of layout.chunks()) {
    const work = cells.meanWorkAt(chunk);
    cheapest = Math.min(cheapest, work);
    sum += chunk.elements * work;
  }
  return { cheapest, mean: sum / layout.elements };
}

/** The mean work per element of the cells that the array is divided into for the coarse run. */
interface Cells {
  meanWorkAt(chunk: Chunk): number;
}

function estimatedCells(region: Region, kernel: LoadedKernel, layout: Layout): Cells {
  const isKnown = kernel.work && !region.measured;
  const cells = isKnown && coarseRun(region, kernel, kernel.work, layout);
  const even = meanWorkOf(kernel, region);
  return cells || { meanWorkAt: () => even };
}

function coarseRun(
  region: Region,
  kernel: LoadedKernel,
  work: CellWork,
  layout: Layout,
  fewestChunks = FEWEST_CHUNKS,
): Cells | undefined {
  const most = mostWorkOf(kernel, region);
  const points = Math.floor(Math.min(BUDGET_WORK / most, layout.elements / ELEMENTS_PER_POINT, MOST_POINTS));
  if (points < FEWEST_POINTS || layout.total < fewestChunks) return undefined;

  const group = chunksPerCell(layout, points);
  const cells = new Layout(
    layout.shape,
    group.map((chunks, axis) => chunks * layout.chunkShape[axis]!),
  );
  const perCell = pointsPerCell(cells, Math.floor(points / cells.total));
  const parameters = fixedInputs(region, kernel.declaration);
  const window = {
    ...{ parameters, from: cells.shape.map(() => 0), shape: cells.shape, seed: 0 },
    axes: namedAxes(region, kernel.declaration).map(({ input }, k) => ({
      input,
      values: pick(region.axes[k]!, probes(cells, k, perCell[k]!)),
    })),
  };
  const lengths = window.axes.map(({ values }) => values.length);
  const out = region.values.map(({ dtype }) => makeArray(dtype, elementsIn(lengths)));
  try {
    (kernel.fast ?? kernel.compute)(window, out);
  } catch {
    return undefined;
  }

  const means = new Float64Array(cells.total);
  const share = 1 / elementsIn(perCell);
  const strides = stridesOf(cells.counts);
  const inputs: Record<string, InputValue> = { ...parameters };
  const at = lengths.map(() => 0);
  const place = (axis: number, index: number) => {
    at[axis] = index;
    const { input, values } = window.axes[axis]!;
    inputs[input] = values[index]!;
  };
  for (const axis of lengths.keys()) place(axis, 0);
  const [first] = out;
  for (let k = 0; k < first!.length; k++) {
    const units = work.of(inputs, first![k]!);
    let cell = 0;
    for (let axis = 0; axis < at.length; axis++)
      cell += Math.floor(at[axis]! / perCell[axis]!) * strides[axis]!;
    means[cell]! += share * (units >= 0 && units <= most ? units : most);
    for (let axis = at.length - 1; axis >= 0; axis--) {
      if (at[axis]! + 1 < lengths[axis]!) {
        place(axis, at[axis]! + 1);
        break;
      }
      place(axis, 0);
    }
  }
  const meanWorkAt = ({ coordinates }: Chunk) => {
    let cell = 0;
    for (let axis = 0; axis < coordinates.length; axis++)
      cell += Math.floor(coordinates[axis]! / group[axis]!) * strides[axis]!;
    return means[cell]!;
  };
  return { meanWorkAt };
}

/**
 * One chunk, or as many as share a point where there are more chunks than points: as many along each axis, where axes are long enough;
 * along the last one what the others leave.
 */
function chunksPerCell({ counts, total }: Layout, points: number): number[] {
  const others = counts.slice(0, -1);
  const last = counts.at(-1)!;
  for (let side = Math.ceil((total / points) ** (1 / counts.length)); ; side++) {
    const group = others.map((count) => Math.min(count, side));
    const cells = elementsIn(others.map((count, axis) => Math.ceil(count / group[axis]!)));
    const along = Math.ceil(last / Math.floor(points / cells));
    if (along <= last) return [...group, along];
  }
}

/** At most `points` of them in a cell, along each axis about as far apart. */
function pointsPerCell({ chunkShape }: Layout, points: number): number[] {
  let left = Math.max(1, Math.min(points, POINTS_PER_CHUNK));
  const axes = chunkShape.length;
  return chunkShape.map((length, axis) => {
    const others = elementsIn(chunkShape.slice(axis + 1));
    const rest = axes - axis - 1;
    const along = rest === 0 ? left : Math.round(((left * length ** rest) / others) ** (1 / (rest + 1)));
    const count = Math.min(Math.max(along, 1), left, length);
    left = Math.max(1, Math.floor(left / count));
    return count;
  });
}

/** The elements along one axis that are computed: `count` in each cell, in the middle of equal parts. */
function probes(cells: Layout, axis: number, count: number): number[] {
  const [length, cellLength] = [cells.shape[axis]!, cells.chunkShape[axis]!];
  return Array.from({ length: cells.counts[axis]! * count }, (_, at) => {
    const start = Math.floor(at / count) * cellLength;
    const end = Math.min(start + cellLength, length);
    return start + Math.floor((((at % count) + 0.5) * (end - start)) / count);
  });
}

function pick(axis: Axis, indices: readonly number[]): WindowAxis["values"] {
  const all = pointsOf(axis, 0, lengthOf(axis));
  const picked = indices.map((index) => all[index]!);
  return all instanceof Float64Array ? Float64Array.from(picked as number[]) : picked;
}
