/** Ticks of a logarithmic axis of positive numbers. */
import { type AxisTicks, exponentOf, powerOfTen, valueTicks } from "./ticks.ts";

const STRIDES = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300];
const DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9];
/** A decimal point and zeros are easier to read than a power of ten up to this exponent. */
const MOST_ZEROS = 4;

/**
 * Ticks at 1, 2 and 5 times the powers of ten between `from` and `to` (positive, in either order), or at the powers alone where those
 * are too many. A range too narrow for three of them has ticks in even steps. At most `most` (at least 3), or four.
 */
export function logTicks(
  from: number,
  to: number,
  most: number,
  position: (value: number) => number,
): AxisTicks {
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  const steps = multiplesBetween(low, high, [1, 2, 5]);
  if (steps.length < 3) return valueTicks(from, to, most, position);
  const chosen = thinned(steps, powersBetween(low, high), most);
  const label = chosen.some(({ exponent }) => Math.abs(exponent) > MOST_ZEROS) ? asPower : asDecimal;
  return {
    marks: chosen.map((tick) => ({ at: position(numberOf(tick)), label: label(tick) })),
    minor: minorBetween(low, high).map(position),
    note: "",
  };
}

interface Tick {
  readonly digit: number;
  readonly exponent: number;
}

function thinned(steps: readonly Tick[], exponents: readonly number[], most: number): readonly Tick[] {
  if (steps.length <= most) return steps;
  if (exponents.length < 2) return steps.filter((_, k) => k % 2 === 0);
  for (const stride of STRIDES) {
    const round = exponents.filter((exponent) => exponent % stride === 0);
    if (round.length <= most) return round.map((exponent) => ({ digit: 1, exponent }));
  }
  return [];
}

/** The digits' multiples of the powers of ten within the range; of many powers these alone, and of too many none. */
export function minorBetween(low: number, high: number): number[] {
  const { length } = powersBetween(low, high);
  return multiplesBetween(low, high, length <= 12 ? DIGITS : length <= 60 ? [1] : []).map(numberOf);
}

/** Exponents of the powers of ten within the range, ascending. */
export function powersBetween(low: number, high: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  return Array.from({ length: Math.max(0, exponentOf(high) - first + 1) }, (_, at) => first + at);
}

/** 10 to the exponent, correctly rounded. */
export function power(exponent: number): number {
  return numberOf({ digit: 1, exponent });
}

function multiplesBetween(low: number, high: number, digits: readonly number[]): Tick[] {
  const [first, last] = [Math.floor(Math.log10(low)) - 1, exponentOf(high)];
  const most = Math.min(high * (1 + 1e-9), Number.MAX_VALUE);
  const ticks: Tick[] = [];
  for (let exponent = first; exponent <= last; exponent++) {
    for (const digit of digits) {
      const value = numberOf({ digit, exponent });
      if (value >= low * (1 - 1e-9) && value <= most) ticks.push({ digit, exponent });
    }
  }
  return ticks;
}

/** Through text, since 10 ** -320 is 1 / Infinity where 1e-320 is not. */
const numberOf = ({ digit, exponent }: Tick): number => Number(`${digit}e${exponent}`);
const asDecimal = (tick: Tick): string => String(numberOf(tick));
const asPower = ({ digit, exponent }: Tick): string =>
  `${digit === 1 ? "" : `${digit}×`}${powerOfTen(exponent)}`;

/** A logarithmic axis that holds all `values`, which are positive, and a `margin` around them, a factor; `at` is 0 at its low end. */
export function logScale(values: readonly number[], margin: number) {
  const low = values.reduce((a, b) => Math.min(a, b)) / margin;
  const high = values.reduce((a, b) => Math.max(a, b)) * margin;
  return { low, high, at: (value: number) => Math.log(value / low) / Math.log(high / low) };
}
