/** What each chunk will cost, from a coarse run of the job's own kernel. */

import { type Axis, coordinates } from "../array/grid.ts";
import { type Chunk, inRows, Layout, layoutOf } from "../array/layout.ts";
import { type Dtype, makeArray, type Work } from "../kernels/kernel.ts";
import type { LoadedKernel } from "../kernels/loader.ts";
import { chunkWork, mostWorkOf, WORK_PER_SECOND } from "./work-units.ts";

/** The budget of the coarse run, whichever is least: half a second at the stated rate, a share of the job, points. */
const BUDGET_WORK = 0.5 * WORK_PER_SECOND;
const ELEMENTS_PER_POINT = 64;
const MOST_POINTS = 100_000;
const POINTS_PER_CHUNK = 16;
/** Fewer cannot be told apart to any use. */
const FEWEST_POINTS = 16;
const FEWEST_CHUNKS = 3;

/** The fields of a job's spec that its work depends on. */
export interface Region {
  readonly parameters: Readonly<Record<string, number>>;
  readonly axes: readonly Axis[];
  readonly dtype: Dtype;
  readonly chunkShape: readonly number[];
}

/**
 * The work of every chunk of the job, in units of `Work`. It follows from the spec alone: neither clock nor
 * chance, so that a job split again is packed again in the same way. Where the coarse run would not pay, or the
 * kernel throws (which is its chunk's failure, not the job's), every element counts the same.
 */
export function estimateWork(region: Region, kernel: LoadedKernel): Float64Array {
  const layout = inRows(layoutOf(region));
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
  const layout = inRows(layoutOf(region));
  const cells = estimatedCells(region, kernel, layout);
  let dearest = 0;
  for (let index = 0; index < layout.total; index++)
    dearest = Math.max(dearest, cells.meanWorkAt(layout.chunk(index)));
  return dearest;
}

/**
 * The mean work of an element in the chunk where that is least, also of a single chunk; undefined where the kernel does not
 * say what elements cost, or its coarse run tells nothing.
 */
export function cheapestWork(region: Region, kernel: LoadedKernel): number | undefined {
  const layout = inRows(layoutOf(region));
  const cells = kernel.work && coarseRun(region, kernel, kernel.work, layout, 1);
  if (!cells) return undefined;
  let cheapest = Number.POSITIVE_INFINITY;
  for (const chunk of layout.chunks()) cheapest = Math.min(cheapest, cells.meanWorkAt(chunk));
  return cheapest;
}

/** The mean work per element of the cells that the array is divided into for the coarse run. */
interface Cells {
  meanWorkAt(chunk: Chunk): number;
}

function estimatedCells(region: Region, kernel: LoadedKernel, layout: Layout): Cells {
  const cells = kernel.work && coarseRun(region, kernel, kernel.work, layout);
  const even = mostWorkOf(kernel, region.parameters);
  return cells ?? { meanWorkAt: () => even };
}

function coarseRun(
  region: Region,
  kernel: LoadedKernel,
  work: Work,
  layout: Layout,
  fewestChunks = FEWEST_CHUNKS,
): Cells | undefined {
  const most = mostWorkOf(kernel, region.parameters);
  const points = Math.floor(Math.min(BUDGET_WORK / most, layout.elements / ELEMENTS_PER_POINT, MOST_POINTS));
  if (points < FEWEST_POINTS || layout.total < fewestChunks) return undefined;

  const group = chunksPerCell(layout, points);
  const cells = new Layout(
    layout.shape,
    group.map((chunks, axis) => chunks * layout.chunkShape[axis]!),
  );
  const perCell = pointsPerCell(cells, Math.floor(points / cells.total));
  const [rows, columns] = [probes(cells, 0, perCell[0]), probes(cells, 1, perCell[1])];
  const [x, y] = region.axes.toReversed();
  const window = {
    y: y ? pick(y, rows) : Float64Array.of(kernel.axes[0].at),
    x: x ? pick(x, columns) : new Float64Array(),
  };
  const values = makeArray(region.dtype, window.y.length * window.x.length);
  try {
    (kernel.fast ?? kernel.compute)(region.parameters, window, values);
  } catch {
    return undefined;
  }

  const means = new Float64Array(cells.total);
  const across = cells.counts[1]!;
  const [pointRows, pointColumns] = perCell;
  const share = 1 / (pointRows * pointColumns);
  values.forEach((value, at) => {
    const row = Math.floor(at / window.x.length);
    const column = at % window.x.length;
    const units = work.of(region.parameters, value, window.y[row]!, window.x[column]!);
    means[Math.floor(row / pointRows) * across + Math.floor(column / pointColumns)]! +=
      share * (units >= 0 && units <= most ? units : most);
  });
  const meanWorkAt = ({ coordinates: [i = 0, j = 0] }: Chunk) =>
    means[Math.floor(i / group[0]) * across + Math.floor(j / group[1])]!;
  return { meanWorkAt };
}

/** One chunk, or as many as share a point where there are more chunks than points: [down, across]. */
function chunksPerCell({ counts, total }: Layout, points: number): [number, number] {
  const [down = 1, across = 1] = counts;
  const side = Math.min(down, Math.ceil(Math.sqrt(total / points)));
  for (let rows = side; ; rows++) {
    const columns = Math.ceil(across / Math.floor(points / Math.ceil(down / rows)));
    if (columns <= across) return [rows, columns];
  }
}

/** At most `points` of them as [rows, columns], about as far apart down as across. */
function pointsPerCell({ chunkShape }: Layout, points: number): [number, number] {
  const [chunkRows = 1, chunkColumns = 1] = chunkShape;
  const most = Math.min(points, POINTS_PER_CHUNK);
  const rows = Math.round(Math.sqrt((most * chunkRows) / chunkColumns));
  const pointRows = Math.min(Math.max(rows, 1), most, chunkRows);
  return [pointRows, Math.min(Math.floor(most / pointRows), chunkColumns)];
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

function pick(axis: Axis, indices: readonly number[]): Float64Array {
  const all = coordinates(axis, 0, axis.count);
  return Float64Array.from(indices, (index) => all[index]!);
}
