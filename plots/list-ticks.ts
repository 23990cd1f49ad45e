/** Ticks of an axis that lists its points: one in the middle of each cell while there is room. */
import type { PlotAxis } from "./picture.ts";
import { fitText, textWidth } from "./text.ts";
import { type AxisTicks, formatNumber } from "./ticks.ts";

type Points = NonNullable<PlotAxis["points"]>;

/** The room for labels, in px. */
export interface LabelRoom {
  /** The length of the axis, and the smallest distance between two labels on it. */
  readonly length: number;
  readonly apart: number;
  /** Labels stand side by side and must not touch; else above each other. */
  readonly isAcross: boolean;
  /** The longest word. */
  readonly widest: number;
  readonly size: number;
}

/** Fewer letters than this many times their size do not tell one word from another. */
const NARROWEST_WORD = 3;
const GAP = 0.8;
const FEWEST_DIGITS = 6;
const MOST_DIGITS = 17;

/**
 * A tick for each point, or for every second, fifth, tenth … one: the most whose labels have room. Numbers are shortened to the
 * digits that tell them apart; words are cut. `place` maps a share of the way from the first point to the last.
 */
export function listTicks(points: Points, place: (share: number) => number, room: LabelRoom): AxisTicks {
  const labels = labelsOf(points);
  const last = points.length - 1;
  for (const stride of strides()) {
    const distance = (room.length * stride) / points.length;
    const isAlone = stride > last;
    if (!isAlone && distance < room.apart) continue;
    const shown = labels.filter((_, k) => k % stride === 0);
    const fitted = fitLabels(shown, isAlone ? room.length : distance, room, typeof points[0] === "string");
    if (!fitted && !isAlone) continue;
    const at = (k: number) => place(last === 0 ? 0.5 : (k * stride) / last);
    return { marks: (fitted ?? []).map((label, k) => ({ at: at(k), label })), minor: [], note: "" };
  }
  return { marks: [], minor: [], note: "" };
}

/** The labels as they fit `distance` px apart, or undefined. Words may be cut: to the widest label, and further where they touch. */
function fitLabels(
  labels: readonly string[],
  distance: number,
  { size, widest, isAcross }: LabelRoom,
  isOfWords: boolean,
): string[] | undefined {
  const cut = isOfWords ? labels.map((label) => fitText(label, size, widest)) : [...labels];
  if (!isAcross) return cut;
  const most = distance - GAP * size;
  const widths = cut.map((label) => textWidth(label, size));
  if (widths.every((width, k) => (width + (widths[k + 1] ?? 0)) / 2 <= most)) return cut;
  return isOfWords && most >= NARROWEST_WORD * size
    ? cut.map((label) => fitText(label, size, most))
    : undefined;
}

function* strides(): Generator<number> {
  for (let power = 1; ; power *= 10) for (const digit of [1, 2, 5]) yield digit * power;
}

/** Each number with as many digits as tell it from the others. */
function labelsOf(points: Points): string[] {
  const numbers = points.filter((point) => typeof point === "number");
  if (numbers.length < points.length) return points.map(String);
  const labels = numbers.map((number) => formatNumber(number, FEWEST_DIGITS));
  for (let digits = FEWEST_DIGITS + 1; digits <= MOST_DIGITS; digits++) {
    const first = new Map<string, number>();
    const unclear = new Set<string>();
    for (const [k, label] of labels.entries()) {
      const other = first.get(label);
      if (other === undefined) first.set(label, numbers[k]!);
      else if (other !== numbers[k]) unclear.add(label);
    }
    if (unclear.size === 0) break;
    for (const [k, label] of labels.entries())
      if (unclear.has(label)) labels[k] = formatNumber(numbers[k]!, digits);
  }
  return labels;
}
