/** Chooses the ticks of an axis and writes their numbers. */

/** A tick: its place between 0 and 1 along the axis, and its label. */
interface Mark {
  readonly at: number;
  readonly label: string;
}

/** The marks of one axis; `minor` are the unlabelled places. */
export interface AxisTicks {
  readonly marks: readonly Mark[];
  readonly minor: readonly number[];
  readonly note: string;
}

export interface TickLabels {
  readonly labels: readonly string[];
  /** The part that the labels leave out, e.g. "×10⁻⁹ + 0.25" for ticks deep in a zoom; "" if nothing. */
  readonly note: string;
}

/** At most this many digits stand on a tick before a power of ten or an offset is split off. */
const MOST_DIGITS = 5;
/** A range narrower than this share of its own numbers has no ticks: it has too few doubles. */
const NARROWEST = 1e-12;

/**
 * Multiples of 1, 2 or 5 times a power of ten between `from` and `to` (in either order), ascending: the most that
 * `most` (at least 3) allows, and at least one. A range of one point has that point as its tick.
 * @example
 * niceTicks(0, 1, 6); // [0, 0.2, 0.4, 0.6, 0.8, 1]
 */
export function niceTicks(from: number, to: number, most: number): number[] {
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  if (!(high - low > NARROWEST * Math.max(-low, high))) return [low];
  for (const { mantissa, exponent } of steps((high - low) / (Math.max(3, most) + 1))) {
    const step = timesPowerOfTen(mantissa, exponent);
    const first = Math.ceil(low / step - 1e-6);
    const last = Math.floor(high / step + 1e-6);
    if (last - first >= Math.max(3, most)) continue;
    return Array.from({ length: last - first + 1 }, (_, at) =>
      timesPowerOfTen((first + at) * mantissa, exponent),
    );
  }
  return [low];
}

/** Writes evenly spaced ticks with equal decimals; a common offset and a power of ten go into the note. */
export function labelTicks(ticks: readonly number[]): TickLabels {
  if (ticks.length < 2) return { labels: ticks.map((tick) => formatNumber(tick)), note: "" };
  const step = Math.abs(ticks[1]! - ticks[0]!);
  const offset = commonOffset(ticks, step);
  const largest = Math.max(...ticks.map((tick) => Math.abs(tick - offset)), step);
  const small = exponentOf(step) < -3;
  const exponent = small || exponentOf(largest) >= MOST_DIGITS + 1 ? exponentOf(largest) : 0;
  const decimals = Math.min(12, Math.max(0, exponent - exponentOf(step)));
  const power = exponent === 0 ? "" : `×${powerOfTen(exponent)}`;
  const shift = offset === 0 ? "" : `${offset < 0 ? "−" : "+"} ${formatNumber(Math.abs(offset))}`;
  return {
    labels: ticks.map((tick) => fixed(timesPowerOfTen(tick - offset, -exponent), decimals)),
    note: [power, shift].filter(Boolean).join(" "),
  };
}

/** Ticks at nice values between `from` and `to`; `position` maps a value to its place on the axis. */
export function valueTicks(
  from: number,
  to: number,
  most: number,
  position: (value: number) => number,
): AxisTicks {
  const ticks = niceTicks(from, to, most);
  const { labels, note } = labelTicks(ticks);
  return { marks: ticks.map((tick, at) => ({ at: position(tick), label: labels[at]! })), minor: [], note };
}

/** One number by itself with at most `digits` digits, e.g. −0.25 or 1×10⁻¹². */
export function formatNumber(value: number, digits = 12): string {
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  const isShort = rounded === value && size < 1e9;
  const isPlain = size === 0 || (size >= 1e-4 && (isShort || size < 10 ** digits));
  return typographic(isPlain ? String(rounded) : rounded.toExponential());
}

/** 10 with a raised exponent, e.g. 10⁻⁹. */
export function powerOfTen(exponent: number): string {
  return `10${String(exponent).replace(/./g, (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]!)}`;
}

/** The exponent of the power of ten at or just below |value|. */
export function exponentOf(value: number): number {
  return value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)) + 1e-9);
}

/** Divides by whole powers, since 10 ** -1 is not 1/10 exactly and 3 * 10 ** -1 is not 0.3. */
function timesPowerOfTen(value: number, exponent: number): number {
  return exponent < 0 ? value / 10 ** -exponent : value * 10 ** exponent;
}

function* steps(smallest: number): Generator<{ mantissa: number; exponent: number }> {
  for (let exponent = exponentOf(smallest); exponent <= 308; exponent++) {
    for (const mantissa of [1, 2, 5]) {
      if (timesPowerOfTen(mantissa, exponent) >= smallest * (1 - 1e-9)) yield { mantissa, exponent };
    }
  }
}

/** The digits that all ticks begin with, when they are long enough to move into the note. */
function commonOffset(ticks: readonly number[], step: number): number {
  const [low, high] = [Math.min(...ticks), Math.max(...ticks)];
  const nearest = Math.min(Math.abs(low), Math.abs(high));
  if (low * high <= 0 || exponentOf(Math.max(-low, high)) - exponentOf(step) < MOST_DIGITS) return 0;
  const unit = exponentOf(high - low) + 1;
  const offset = timesPowerOfTen(Math.floor(timesPowerOfTen(nearest, -unit)), unit);
  return low < 0 ? -offset : offset;
}

function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return typographic(Number(text) === 0 ? text.replace("-", "") : text);
}

function typographic(number: string): string {
  const [mantissa, exponent] = number.split("e");
  return `${mantissa!.replace("-", "−")}${exponent ? `×${powerOfTen(Number(exponent))}` : ""}`;
}
