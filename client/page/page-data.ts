/** What the page shows of one job, and what a running job adds to it. Pure: the browser's program and the command line share it. */
import { boundedBars, type PageBar } from "./page-bars.ts";

export type { PageBar };

export const PAGE_VERSION = 1;
/** The most failures that a page lists; its counts tell of all. */
export const MOST_FAILURES = 200;

type Point = number | string | boolean;

/** One axis of the array, as far as the page shows it. */
export interface PageAxis {
  /** The input that is swept. */
  readonly name: string;
  /** What it is, in words; the name where the kernel says nothing. */
  readonly about: string;
  readonly unit: string;
  /** Elements of the array along it, and of a chunk. */
  readonly length: number;
  readonly chunk: number;
  readonly isLog: boolean;
  /** The points lie side by side, however far apart. */
  readonly isList: boolean;
  /** The coordinates of its first and of its last element. */
  readonly ends: readonly [first: Point, last: Point];
  /** The coordinate of each cell of the overview; of an axis that is cut, the one where it is. */
  readonly coordinates: readonly Point[];
  /** The index along the axis of each of those; absent where every element has its cell. */
  readonly indices?: readonly number[];
}

/** One value of the array. */
interface PageValue {
  readonly name: string;
  readonly about: string;
  readonly unit: string;
  readonly dtype: string;
  /** A value that is no measure, such as that of a pendulum that never flips. */
  readonly special?: { readonly value: number; readonly means: string };
  /** Cells along the first two axes, row-major, the first axis down; NaN where there is no number (yet). */
  readonly cells: Float64Array;
}

export interface PageFailure {
  readonly chunk: number;
  readonly attempt: number;
  /** The chunk is not tried again. */
  readonly isFinal: boolean;
  readonly error: string;
  readonly log: string;
  /** Ms since submission. */
  readonly atMs?: number;
}

interface PageCounts {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  /** Attempts that failed, those of chunks that were stored in the end included. */
  readonly failedAttempts: number;
  /** The most at a time. */
  readonly workers: number;
  readonly coldStarts: number;
}

/** USD, with how they are known; by stage where that is known. */
export interface PageCost {
  readonly usd: number;
  readonly basis: string;
  readonly byStage?: readonly { readonly stage: string; readonly usd: number }[];
}

/** Resident memory of a stage's process (MB): by formula, and as it was. */
interface PageMemory {
  readonly stage: string;
  readonly predictedMb?: number;
  readonly measuredMb?: number;
}

/** The figures of the end, those of summary.json. */
interface PageSummary {
  readonly elements: number;
  readonly storedBytes: number;
  readonly makespanMs: number;
  readonly waitedMs?: number;
  readonly computeMs: number;
  readonly busyMs: number;
  readonly speedUp: number;
  readonly efficiency: number;
  readonly unknownTimes: number;
  readonly reissued: number;
  /** Only where items are mapped. */
  readonly failedItems?: number;
  readonly slowest?: { readonly chunk: number; readonly cpuMs: number };
  /** By value. */
  readonly statistics: readonly {
    readonly sum: number;
    readonly min: number | null;
    readonly max: number | null;
    readonly nonFinite: number;
  }[];
}

interface PageRange {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

export interface PageData {
  readonly version: typeof PAGE_VERSION;
  readonly jobId: string;
  readonly kernel: string;
  /** What the kernel computes, in words. */
  readonly about: string;
  readonly engine?: string;
  /** `running`, or the summary's. */
  readonly state: string;
  /** Epoch ms. */
  readonly submittedAtMs: number;
  /** The command that made it. */
  readonly command: string;
  /** What is held fixed. */
  readonly inputs: readonly { readonly name: string; readonly value: Point; readonly unit: string }[];
  /** In the array's order; the first two (y, x) are drawn, the others are cut. One axis is x. None where items are mapped. */
  readonly axes: readonly PageAxis[];
  readonly values: readonly PageValue[];
  readonly colormap: string;
  readonly scale: "auto" | "linear" | "log";
  /** The workers' names, in the order in which they began. */
  readonly lanes: readonly string[];
  readonly bars: readonly PageBar[];
  /** When workers started cold: from the start to the first chunk. */
  readonly coldStarts: readonly {
    readonly lane: number;
    readonly startMs: number;
    readonly durationMs: number;
  }[];
  /** How many chunks took a CPU time from 10 ** (bin / 20) ms on, see `costBin`. */
  readonly costs: Readonly<Record<number, number>>;
  readonly counts: PageCounts;
  /** The first ones. */
  readonly failures: readonly PageFailure[];
  readonly cost?: PageCost;
  /** The machine's that all workers were on, if that is known. */
  readonly cores?: number;
  /** How many stored chunks the cells lack. */
  readonly unread?: number;
  /** Commands that show more. */
  readonly more?: { readonly plot: string; readonly table: string };
  /** What was foreseen. */
  readonly plan?: { readonly seconds: PageRange; readonly usd: PageRange };
  /** While it runs. */
  readonly secondsLeft?: number;
  readonly memory: readonly PageMemory[];
  readonly summary?: PageSummary;
}

/** A block of the overview that came. */
export interface PageTile {
  /** Index of the value. */
  readonly value: number;
  readonly from: readonly [row: number, column: number];
  readonly shape: readonly [rows: number, columns: number];
  /** Row-major. */
  readonly cells: Float64Array;
}

/** What came since the last event; what is absent stays as it was. */
export interface PageChange {
  readonly state?: string;
  readonly tiles?: readonly PageTile[];
  /** Names of lanes that are new, after those that there are. */
  readonly lanes?: readonly string[];
  readonly bars?: readonly PageBar[];
  readonly coldStarts?: PageData["coldStarts"];
  /** To be added to those that there are. */
  readonly costs?: PageData["costs"];
  readonly counts?: PageCounts;
  /** New ones. */
  readonly failures?: readonly PageFailure[];
  readonly cost?: PageCost;
  readonly secondsLeft?: number | null;
  readonly memory?: readonly PageMemory[];
  readonly summary?: PageSummary;
}

/** Rows and columns of the overview: one row where the array has one axis, none where it has no array. */
export function overviewShape({ axes }: Pick<PageData, "axes">): readonly [rows: number, columns: number] {
  const [columns = 0, rows = 1] = axes
    .slice(0, 2)
    .map(({ coordinates }) => coordinates.length)
    .toReversed();
  return [rows, columns];
}

/** The bin of a chunk's CPU time (ms) in `costs`; what took less than a hundredth of a millisecond is in the lowest. */
export const costBin = (cpuMs: number): number => Math.floor(20 * Math.log10(Math.max(cpuMs, 0.01)) + 1e-9);

/**
 * The page's data once a change has come. Neither is altered. The same change twice adds its bars, costs and failures twice: events come
 * once and in order.
 */
export function grown(data: PageData, change: PageChange): PageData {
  const { tiles = [], lanes = [], bars = [], coldStarts = [], costs = {}, failures = [] } = change;
  const { secondsLeft: before, ...rest } = data;
  const secondsLeft = change.secondsLeft === undefined ? before : change.secondsLeft;
  const newLanes = [...data.lanes, ...lanes];
  return {
    ...rest,
    ...given(change, "state", "counts", "cost", "memory", "summary"),
    ...(typeof secondsLeft === "number" && { secondsLeft }),
    values: tiles.length > 0 ? painted(data, tiles) : data.values,
    lanes: newLanes,
    bars: bars.length > 0 ? boundedBars([...data.bars, ...bars], newLanes.length) : data.bars,
    coldStarts: [...data.coldStarts, ...coldStarts],
    costs: added(data.costs, costs),
    failures: [...data.failures, ...failures].slice(0, MOST_FAILURES),
  };
}

function given<K extends keyof PageChange>(change: PageChange, ...keys: readonly K[]): Pick<PageChange, K> {
  return Object.fromEntries(
    keys.filter((key) => change[key] !== undefined).map((key) => [key, change[key]]),
  ) as Pick<PageChange, K>;
}

function painted(data: PageData, tiles: readonly PageTile[]): PageValue[] {
  const [rows, columns] = overviewShape(data);
  return data.values.map((value, k) => {
    const ours = tiles.filter((tile) => tile.value === k);
    if (ours.length === 0) return value;
    const cells = value.cells.slice();
    for (const { from, shape, cells: tile } of ours) {
      const width = Math.min(shape[1], columns - from[1]);
      for (let row = 0; row < shape[0] && from[0] + row < rows; row++)
        cells.set(tile.subarray(row * shape[1], row * shape[1] + width), (from[0] + row) * columns + from[1]);
    }
    return { ...value, cells };
  });
}

function added(costs: PageData["costs"], more: PageData["costs"]): PageData["costs"] {
  const sum: Record<number, number> = { ...costs };
  for (const [bin, count] of Object.entries(more)) sum[Number(bin)] = (sum[Number(bin)] ?? 0) + count;
  return sum;
}
