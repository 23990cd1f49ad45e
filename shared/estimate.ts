/** What each chunk will cost, from a coarse run of the job's own kernel. */
import { type ChunkGrid, type ChunkWindow, chunkGrid, chunkWindow, gridOf } from "./chunks.ts";
import { type Axis, arrayShape, coordinates } from "./grid.ts";
import { fastCompute } from "./kernels/fast.ts";
import { type Dtype, type Kernel, makeArray, type Work } from "./kernels/kernel.ts";
import { chunkWork, mostWorkOf, WORK_PER_SECOND } from "./work.ts";

/** The budget of the coarse run, whichever is least: half a second at the stated rate, a share of the job, points. */
const BUDGET_WORK = 0.5 * WORK_PER_SECOND;
const ELEMENTS_PER_POINT = 64;
const MOST_POINTS = 100_000;
const POINTS_PER_CHUNK = 16;
/** Fewer cannot be told apart to any use. */
const FEWEST_POINTS = 16;
const FEWEST_CHUNKS = 3;

/** What of a job's spec its work follows from. */
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
export function estimateWork(region: Region, kernel: Kernel): Float64Array {
  const grid = gridOf(region);
  const cells = estimatedCells(region, kernel, grid);
  const work = new Float64Array(grid.total);
  for (let chunk = 0; chunk < grid.total; chunk++) {
    const window = chunkWindow(grid, chunk);
    work[chunk] = chunkWork(elementsOf(window), cells.meanWorkAt(window));
  }
  return work;
}

/** The mean work of an element in the chunk where that is most. */
export function dearestWork(region: Region, kernel: Kernel): number {
  const grid = gridOf(region);
  const cells = estimatedCells(region, kernel, grid);
  let dearest = 0;
  for (let chunk = 0; chunk < grid.total; chunk++) {
    dearest = Math.max(dearest, cells.meanWorkAt(chunkWindow(grid, chunk)));
  }
  return dearest;
}

/**
 * The mean work of an element in the chunk where that is least, also of a single chunk; undefined where the kernel does not
 * say what elements cost, or its coarse run tells nothing.
 */
export function cheapestWork(region: Region, kernel: Kernel): number | undefined {
  const grid = gridOf(region);
  const cells = kernel.work && coarseRun(region, kernel, kernel.work, grid, 1);
  if (!cells) return undefined;
  let cheapest = Number.POSITIVE_INFINITY;
  for (let chunk = 0; chunk < grid.total; chunk++)
    cheapest = Math.min(cheapest, cells.meanWorkAt(chunkWindow(grid, chunk)));
  return cheapest;
}

/** The mean work per element of the cells that the array is divided into for the coarse run. */
interface Cells {
  meanWorkAt(chunk: ChunkWindow): number;
}

function estimatedCells(region: Region, kernel: Kernel, grid: ChunkGrid): Cells {
  const cells = kernel.work && coarseRun(region, kernel, kernel.work, grid);
  const even = mostWorkOf(kernel, region.parameters);
  return cells ?? { meanWorkAt: () => even };
}

function coarseRun(
  region: Region,
  kernel: Kernel,
  work: Work,
  grid: ChunkGrid,
  fewestChunks = FEWEST_CHUNKS,
): Cells | undefined {
  const most = mostWorkOf(kernel, region.parameters);
  const elements = grid.rows * grid.columns;
  const points = Math.floor(Math.min(BUDGET_WORK / most, elements / ELEMENTS_PER_POINT, MOST_POINTS));
  if (points < FEWEST_POINTS || grid.total < fewestChunks) return undefined;

  const [groupRows, groupColumns] = chunksPerCell(grid, points);
  const cells = chunkGrid(arrayShape(region), [grid.chunkRows * groupRows, grid.chunkColumns * groupColumns]);
  const [pointRows, pointColumns] = pointsPerCell(cells, Math.floor(points / cells.total));
  const rows = probes(cells.down, cells.chunkRows, cells.rows, pointRows);
  const columns = probes(cells.across, cells.chunkColumns, cells.columns, pointColumns);
  const [x, y] = region.axes.toReversed();
  const window = {
    y: y ? pick(y, rows) : Float64Array.of(kernel.axes[0].at),
    x: x ? pick(x, columns) : new Float64Array(),
  };
  const values = makeArray(region.dtype, window.y.length * window.x.length);
  try {
    fastCompute(kernel)(region.parameters, window, values);
  } catch {
    return undefined;
  }

  const means = new Float64Array(cells.total);
  const share = 1 / (pointRows * pointColumns);
  values.forEach((value, at) => {
    const row = Math.floor(at / window.x.length);
    const column = at % window.x.length;
    const units = work.of(region.parameters, value, window.y[row]!, window.x[column]!);
    means[Math.floor(row / pointRows) * cells.across + Math.floor(column / pointColumns)]! +=
      share * (units >= 0 && units <= most ? units : most);
  });
  return {
    meanWorkAt: ({ i, j }) => means[Math.floor(i / groupRows) * cells.across + Math.floor(j / groupColumns)]!,
  };
}

/** One chunk, or as many as share a point where there are more chunks than points: [down, across]. */
function chunksPerCell({ down, across, total }: ChunkGrid, points: number): [number, number] {
  const side = Math.min(down, Math.ceil(Math.sqrt(total / points)));
  for (let rows = side; ; rows++) {
    const columns = Math.ceil(across / Math.floor(points / Math.ceil(down / rows)));
    if (columns <= across) return [rows, columns];
  }
}

/** At most `points` of them as [rows, columns], about as far apart down as across. */
function pointsPerCell({ chunkRows, chunkColumns }: ChunkGrid, points: number): [number, number] {
  const most = Math.min(points, POINTS_PER_CHUNK);
  const rows = Math.round(Math.sqrt((most * chunkRows) / chunkColumns));
  const pointRows = Math.min(Math.max(rows, 1), most, chunkRows);
  return [pointRows, Math.min(Math.floor(most / pointRows), chunkColumns)];
}

/** The elements along one side that are computed: `count` in each cell, in the middle of equal parts. */
function probes(cells: number, cellLength: number, length: number, count: number): number[] {
  return Array.from({ length: cells * count }, (_, at) => {
    const start = Math.floor(at / count) * cellLength;
    const end = Math.min(start + cellLength, length);
    return start + Math.floor((((at % count) + 0.5) * (end - start)) / count);
  });
}

function pick(axis: Axis, indices: readonly number[]): Float64Array {
  const all = coordinates(axis, 0, axis.count);
  return Float64Array.from(indices, (index) => all[index]!);
}

function elementsOf({ rowStart, rowEnd, columnStart, columnEnd }: ChunkWindow): number {
  return (rowEnd - rowStart) * (columnEnd - columnStart);
}
