/** The input of every picture: the overview and the times in the reports, never the array itself. */

import type { ColormapName } from "./colormaps.ts";

type Scale = "auto" | "linear" | "log";

/** One axis of the array in the grid's coordinates. `first` and `last` are the outermost grid points. */
export interface PlotAxis {
  readonly name: string;
  readonly unit: string;
  readonly first: number;
  readonly last: number;
  /** Neighbours have the same ratio; `first` and `last` are positive. */
  readonly isLog?: boolean;
  /** All points of an axis that lists them: numbers, words, or true and false. They lie side by side, however far apart. */
  readonly points?: readonly (number | string | boolean)[];
}

/** A down-sampled array, row-major, at most 1,000 x 1,000. NaN marks a hole: a cell without a computed value. */
export interface Overview {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** The ends of the colours and of the height; the data's own where one is absent. */
export interface Limits {
  readonly low?: number | undefined;
  readonly high?: number | undefined;
}

/** From where a surface is seen, in degrees, as matplotlib counts: azimuth −90 looks along y, elevation 90 straight down. */
export interface View {
  readonly azimuth: number;
  readonly elevation: number;
}

/** The input of pictures of the array; `y` is absent for an array with one axis (then rows is 1). */
export interface ArrayPicture {
  readonly title: string;
  readonly value: { readonly name: string; readonly unit: string };
  readonly y: PlotAxis | undefined;
  readonly x: PlotAxis;
  readonly overview: Overview;
  readonly colormap: ColormapName;
  readonly scale: Scale;
  readonly limits?: Limits | undefined;
  /** A value that is no measure, such as that of a pendulum that never flips: it has a colour of its own, and a word. */
  readonly special?: { readonly value: number; readonly means: string } | undefined;
  readonly view?: View | undefined;
}

/**
 * One computed chunk on the timeline. A slot stores a chunk while it computes the next one: the bar begins when the
 * chunk is the only one that its slot works on. Times are ms since the job was submitted.
 */
export interface TimelineBar {
  readonly slot: number;
  readonly startMs: number;
  readonly durationMs: number;
}

/**
 * The job's life: one row per slot (index into `slots`), its bars, which never overlap, and the cold starts before
 * them.
 */
export interface Timeline {
  readonly title: string;
  readonly slots: readonly string[];
  readonly bars: readonly TimelineBar[];
  readonly coldStarts: readonly TimelineBar[];
  /** The largest number of slots that existed at the same time. */
  readonly workers: number;
  readonly makespanMs: number;
}
