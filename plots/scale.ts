/** Maps values to positions: on the colour bar, in the surface's height and on the profile's axis. */
import { isDiverging } from "./colormaps.ts";
import { minorBetween, power, powersBetween } from "./log-ticks.ts";
import type { ArrayPicture } from "./picture.ts";
import { type AxisTicks, powerOfTen, valueTicks } from "./ticks.ts";

export interface ValueScale {
  readonly kind: "linear" | "log";
  /** The values at the ends, and whether there are values beyond them. */
  readonly low: number;
  readonly high: number;
  readonly beyond: { readonly low: boolean; readonly high: boolean };
  /** 0 for the smallest value, 1 for the largest, beyond them the same; NaN for a hole. */
  position(value: number): number;
  /** Whether there may be a value that is special: to ask each costs time. */
  readonly hasSpecial: boolean;
  /** Whether it is the value that has a colour of its own, for which there is no place on the scale. */
  isSpecial(value: number): boolean;
  /** At most about `most` labelled ticks. */
  ticks(most: number): AxisTicks;
}

/** The scale of finite `values`; everything else among them is a hole, unless it is the special one. */
export function createScale(
  values: Float64Array,
  { scale, limits = {}, special, colormap }: Pick<ArrayPicture, "scale" | "limits" | "special" | "colormap">,
): ValueScale {
  // Stored as float32, it is another number.
  const [exact, rounded] = [special?.value ?? Number.NaN, Math.fround(special?.value ?? Number.NaN)];
  const isSpecial = (value: number) => value === exact || value === rounded;
  const data = rangeOf(values, exact, rounded);
  const isCentred = isDiverging(colormap) && scale !== "log" && data.low < 0 && data.high > 0;
  const reach = Math.max(-data.low, data.high);
  const { low = isCentred ? -reach : data.low, high = isCentred ? reach : data.high } = limits;
  const kind =
    scale === "auto" ? (!isCentred && isStronglySkewed(values, low, high) ? "log" : "linear") : scale;
  const mapped = kind === "log" && high > low ? logScale(low, high) : linearScale(low, high, kind);
  const beyond = { low: data.low < low, high: data.high > high };
  return { ...mapped, isSpecial, hasSpecial: special !== undefined, low, high, beyond };
}

/**
 * Whether a linear scale would show one colour only, as for escape-time counts. That is so if no value is negative, the
 * largest is at least 100 times the smallest positive one, and most cells below the largest value (counts pile up at
 * their limit) are below a tenth of it.
 */
function isStronglySkewed(values: Float64Array, low: number, high: number): boolean {
  if (low < 0) return false;
  let smallest = high;
  let below = 0;
  let belowTenth = 0;
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (!(value < high && value >= low)) continue;
    below++;
    if (value < high / 10) belowTenth++;
    if (value > 0 && value < smallest) smallest = value;
  }
  return high >= 100 * smallest && belowTenth > 0.6 * below;
}

type Mapped = Pick<ValueScale, "kind" | "position" | "ticks">;

function linearScale(low: number, high: number, kind: ValueScale["kind"]): Mapped {
  const [from, to] = high > low ? [low, high] : [low - margin(low), low + margin(low)];
  const position = (value: number) =>
    Number.isFinite(value) ? clamped((value - from) / (to - from)) : Number.NaN;
  return { kind, position, ticks: (most) => valueTicks(low, high, most, position) };
}

const clamped = (share: number): number => (share < 0 ? 0 : share > 1 ? 1 : share);

/** Logarithmic above an offset, so that zero has a position too when the smallest value is 0 or less. */
function logScale(low: number, high: number): Mapped {
  const offset = low > 0 ? 0 : (high - low >= 100 ? 1 : (high - low) / 1000) - low;
  const from = Math.log10(low + offset);
  const span = Math.log10(high + offset) - from;
  const position = (value: number) =>
    Number.isFinite(value) ? clamped((Math.log10(Math.max(value, low) + offset) - from) / span) : Number.NaN;
  const smallest = low + offset;
  const ticks = (most: number) => {
    const decades = powersBetween(smallest, high);
    const stride = Math.ceil(decades.length / most);
    const exponents = decades.filter((_, at) => at % stride === 0);
    if (exponents.length < 2) return valueTicks(low, high, most, position);
    const label = exponents.some((exponent) => Math.abs(exponent) > 4) ? powerOfTen : decimal;
    const zero = low <= 0 ? [{ at: position(0), label: "0" }] : [];
    const marks = exponents.map((exponent) => ({ at: position(power(exponent)), label: label(exponent) }));
    return {
      marks: [...zero, ...marks],
      minor: stride > 1 ? [] : minorBetween(smallest, high).map(position),
      note: "",
    };
  };
  return { kind: "log", position, ticks };
}

function decimal(exponent: number): string {
  return String(power(exponent));
}

function rangeOf(values: Float64Array, special: number, rounded: number): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (!Number.isFinite(value) || value === special || value === rounded) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? { low, high } : { low: 0, high: 1 };
}

/** Half of the range for an array of one single value, which then has the colour in the middle. */
function margin(value: number): number {
  return Math.abs(value) / 2 || 0.5;
}
