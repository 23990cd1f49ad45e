/** Ticks, numbers and titles along the sides of a plot. */
import type { Box, Drawing } from "./drawing.ts";
import { capHeight, fitText, textWidth, wrapText } from "./text.ts";
import { dots, FRAME, INK, type Theme } from "./theme.ts";
import type { AxisTicks } from "./ticks.ts";

const MOST_TICKS = 9;
const FEWEST_TICKS = 3;
/** In hundredths of an inch, as `MINOR`. */
const TICK = 5;
const GAP = 5;
const MINOR = 3;
const MOST_TITLE_LINES = 3;

/** As many ticks as `length` dots have room for, numbers side by side. */
export function ticksAcross(make: (most: number) => AxisTicks, length: number, size: number): AxisTicks {
  return mostThatFit(make, length, (label) => textWidth(label, size) + 1.2 * size);
}

/** As many ticks as `length` dots have room for, numbers above each other. */
export function ticksDown(make: (most: number) => AxisTicks, length: number, size: number): AxisTicks {
  return mostThatFit(make, length, () => 2 * size);
}

/** What an axis shows. */
export interface Quantity {
  readonly name: string;
  readonly unit: string;
}

/**
 * "name (unit)" and, if the numbers on the ticks are shortened, how to complete them. A long name is cut so that the rest fits into
 * `width` dots too.
 */
export function axisTitle({ name, unit }: Quantity, note: string, size: number, width: number): string {
  const rest = [unit && `(${unit})`, note && `[${note}]`].filter(Boolean).join(" ");
  if (rest === "") return fitText(name, size, width);
  const cut = fitText(name, size, Math.max(width / 4, width - textWidth(` ${rest}`, size)));
  return fitText(`${cut} ${rest}`, size, width);
}

/** Height in dots that `drawBottomAxis` takes below the plot. */
export function bottomAxisHeight(theme: Theme): number {
  const { text } = theme;
  return dots(theme, TICK + 3 * GAP) + 2 * capHeight(text) + Math.round(text / 4);
}

/** Width in dots that an axis at a side takes: ticks, numbers and the title along it. */
export function sideAxisWidth({ marks }: AxisTicks, theme: Theme): number {
  const { text } = theme;
  const numbers = Math.max(0, ...marks.map(({ label }) => textWidth(label, text)));
  return Math.ceil(numbers) + dots(theme, TICK + 3 * GAP) + capHeight(text) + Math.round(text / 4);
}

/** The title ends before `right` and leaves room for one at the left side. */
export function drawBottomAxis(
  canvas: Drawing,
  box: Box,
  ticks: AxisTicks,
  of: Quantity,
  theme: Theme,
  right = canvas.width,
): void {
  const { text, unit } = theme;
  const below = box.y + box.height + unit;
  const bar = (at: number, height: number) => {
    const x = box.x + Math.round(at * box.width);
    canvas.fillRect({ x: x - (unit >> 1), y: below, width: unit, height }, FRAME);
    return x;
  };
  for (const at of ticks.minor) bar(at, dots(theme, MINOR));
  for (const { at, label } of ticks.marks) {
    const x = insideCanvas(
      bar(at, dots(theme, TICK)),
      textWidth(label, text),
      canvas.width,
      dots(theme, GAP),
    );
    const baseline = below + dots(theme, TICK + GAP) + capHeight(text);
    canvas.text(label, x, baseline, { size: text, colour: INK, align: "centre" });
  }
  const baseline = below + dots(theme, TICK + 3 * GAP) + 2 * capHeight(text) - unit;
  const fitted = axisTitle(of, ticks.note, text, right - 4 * text);
  const middle = insideCanvas(box.x + box.width / 2, textWidth(fitted, text), right, 2 * text);
  canvas.text(fitted, middle, baseline, { size: text, colour: INK, align: "centre" });
}

/** Draws an axis whose position 0 is at the top of the box, as rows are, unless `upwards`. */
export function drawSideAxis(
  canvas: Drawing,
  box: Box,
  ticks: AxisTicks,
  of: Quantity,
  theme: Theme,
  { side, upwards }: { side: "left" | "right"; upwards: boolean },
): void {
  const { text, unit } = theme;
  const outwards = side === "left" ? -1 : 1;
  const edge = side === "left" ? box.x - unit : box.x + box.width + unit;
  const bar = (at: number, length: number) => {
    const y = box.y + Math.round((upwards ? 1 - at : at) * box.height);
    const x = side === "left" ? edge - length : edge;
    canvas.fillRect({ x, y: y - (unit >> 1), width: length, height: unit }, FRAME);
    return y;
  };
  for (const at of ticks.minor) bar(at, dots(theme, MINOR));
  for (const { at, label } of ticks.marks) {
    const y = bar(at, dots(theme, TICK));
    const x = edge + outwards * dots(theme, TICK + GAP);
    const align = side === "left" ? "right" : "left";
    canvas.text(label, x, y + Math.floor(capHeight(text) / 2), { size: text, colour: INK, align });
  }
  const width = sideAxisWidth(ticks, theme);
  const baseline =
    side === "left"
      ? edge - width + capHeight(text) + Math.round(text / 4)
      : edge + width - Math.round(text / 4);
  // In the lower right corner may be the key for holes.
  const room = side === "left" ? canvas.height : canvas.height - 2 * text;
  const gap = dots(theme, GAP);
  const length = Math.min(room - 2 * gap, box.height + 6 * text);
  const fitted = axisTitle(of, ticks.note, text, length);
  const middle = insideCanvas(box.y + box.height / 2, textWidth(fitted, text), room, gap);
  canvas.text(fitted, baseline, middle, { size: text, colour: INK, align: "centre", upwards: true });
}

/** The picture's title in as many lines as it needs, of which there are at most three. They leave room for titles at the sides. */
export function titleLines(title: string, size: number, canvasWidth: number): string[] {
  return wrapText(title, size, canvasWidth - 4 * size, MOST_TITLE_LINES);
}

/** Height in dots that the lines take beyond a title of one line. */
export function extraTitleHeight(lines: readonly string[], size: number): number {
  return Math.max(0, lines.length - 1) * lineHeight(size);
}

/** Draws the picture's title above the box, its last line at `baseline`. It may be wider than the box. */
export function drawTitle(
  canvas: Drawing,
  box: Box,
  lines: readonly string[],
  baseline: number,
  size: number,
): void {
  for (const [k, line] of lines.entries()) {
    const middle = insideCanvas(box.x + box.width / 2, textWidth(line, size), canvas.width, 2 * size);
    const y = baseline - (lines.length - 1 - k) * lineHeight(size);
    canvas.text(line, middle, y, { size, colour: INK, align: "centre" });
  }
}

const lineHeight = (size: number): number => Math.round(1.35 * size);

function insideCanvas(middle: number, length: number, canvasLength: number, margin: number): number {
  const half = length / 2 + margin;
  return Math.min(canvasLength - half, Math.max(half, middle));
}

function mostThatFit(
  make: (most: number) => AxisTicks,
  length: number,
  room: (label: string) => number,
): AxisTicks {
  for (let most = MOST_TICKS; most > FEWEST_TICKS; most--) {
    const ticks = make(most);
    const tight = ticks.marks.some(({ at, label }, index) => {
      const next = ticks.marks[index + 1];
      return next && Math.abs(next.at - at) * length < (room(label) + room(next.label)) / 2;
    });
    if (!tight) return ticks;
  }
  return make(FEWEST_TICKS);
}
