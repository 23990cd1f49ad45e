/** How many points an open range gets: one of which the request says neither count nor step. */
import type { RangeRequest } from "../array/grid.ts";
import { tutorialAxis } from "../array/resolve-axis.ts";
import { InvalidInputError } from "../validation/errors.ts";

/** The points along an open range where the request says none, and the cells of the array where there are more than two axes. */
const DEFAULT_POINTS = 500;
const DEFAULT_CELLS = DEFAULT_POINTS ** 2;

/** What a request says of the points along its open ranges: one of the two, or nothing. */
export interface PointsRequest {
  /** Counts of the open ranges, in the order of the inputs. */
  readonly points?: readonly number[] | undefined;
  /** The tutorial's: about half as many points along each range. */
  readonly size?: number | undefined;
}

export interface OpenRange {
  readonly from: number;
  readonly to: number;
  readonly rule?: RangeRequest["rule"];
  /** Whether its points are whole numbers. */
  readonly isWhole: boolean;
}

/** Completes an open range, by its count or its step. */
type PointsOf = (name: string, range: OpenRange) => Partial<RangeRequest>;

/**
 * What each open range gets, by its input's name. Throws InvalidInputError, by the fields' names, where `points` has not one count for
 * each of `names`, or comes with `size`.
 * @example
 * pointsOfOpenRanges(["spot"], 1, { points: [8] }, fields)("spot", range); // { count: 8 }
 */
export function pointsOfOpenRanges(
  names: readonly string[],
  axes: number,
  { points, size }: PointsRequest,
  fields: { readonly points: string; readonly size: string },
): PointsOf {
  if (points === undefined) return (_, range) => pointsBySize(range, axes, size);
  if (size !== undefined)
    throw new InvalidInputError(`${fields.size} and ${fields.points}`, "given one at a time", "both");
  if (points.length !== names.length) {
    const expected =
      names.length === 0
        ? "left out: no input is swept over a range without a count"
        : `${names.length === 1 ? "a count" : `${names.length} counts`}, for ${inWords(names)}`;
    throw new InvalidInputError(fields.points, expected, points.join("x"));
  }
  return (name) => ({ count: points[names.indexOf(name)]! });
}

/** By the tutorial's size; without one, an even share of the default number of cells. */
function pointsBySize(
  { from, to, rule, isWhole }: OpenRange,
  axes: number,
  size: number | undefined,
): Partial<RangeRequest> {
  const count =
    size === undefined
      ? Math.min(DEFAULT_POINTS, Math.round(DEFAULT_CELLS ** (1 / axes)))
      : Math.max(1, Math.ceil(size / 2));
  // Whole numbers come in even steps, at most `count` of them.
  if (isWhole) {
    const step = Math.max(1, Math.ceil(Math.abs(to - from) / count));
    return { step: Math.sign(to - from) * step, rule: "index" };
  }
  return size === undefined || rule === "log" ? { count } : tutorialAxis(from, to, size);
}

/** `spot, volatility and maturity`. */
const inWords = (names: readonly string[]) =>
  [names.slice(0, -1).join(", "), ...names.slice(-1)].filter((each) => each !== "").join(" and ");
