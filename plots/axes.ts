/** Ticks, numbers and titles along the sides of a plot. */
import type { Box, Canvas } from "./canvas.ts";
import type { PlotAxis } from "./picture.ts";
import { capHeight, drawText, type FontSize, fitText, textWidth } from "./text.ts";
import { FRAME, INK, type Theme } from "./theme.ts";
import { type AxisTicks, valueTicks } from "./ticks.ts";

const MOST_TICKS = 9;
const FEWEST_TICKS = 3;
const TICK_PX = 5;
const GAP_PX = 5;

/** Ticks of an axis whose `cells` lie side by side: the outermost grid points are half a cell from the ends. */
export function cellTicks({ first, last }: PlotAxis, cells: number, most: number): AxisTicks {
  const span = last - first;
  const place = (value: number) =>
    span === 0 ? 0.5 : (((value - first) / span) * (cells - 1)) / cells + 0.5 / cells;
  return valueTicks(first, last, most, place);
}

/** As many ticks as `length` px have room for, numbers side by side. */
export function ticksAcross(make: (most: number) => AxisTicks, length: number, size: FontSize): AxisTicks {
  return mostThatFit(make, length, (label) => textWidth(label, size) + 1.2 * size);
}

/** As many ticks as `length` px have room for, numbers above each other. */
export function ticksDown(make: (most: number) => AxisTicks, length: number, size: FontSize): AxisTicks {
  return mostThatFit(make, length, () => 2 * size);
}

/** "name (unit)" and, if the numbers on the ticks are shortened, how to complete them. */
export function axisTitle({ name, unit }: { name: string; unit: string }, ticks?: AxisTicks): string {
  return [name, unit && `(${unit})`, ticks?.note && `[${ticks.note}]`].filter(Boolean).join(" ");
}

/** Height in px that `drawBottomAxis` takes below the plot. */
export function bottomAxisHeight({ text, unit }: Theme): number {
  return (TICK_PX + 3 * GAP_PX) * unit + 2 * capHeight(text) + Math.round(text / 4);
}

/** Width in px that an axis at a side takes: ticks, numbers and the title along it. */
export function sideAxisWidth({ marks }: AxisTicks, { text, unit }: Theme): number {
  const numbers = Math.max(0, ...marks.map(({ label }) => textWidth(label, text)));
  return Math.ceil(numbers) + (TICK_PX + 3 * GAP_PX) * unit + capHeight(text) + Math.round(text / 4);
}

export function drawBottomAxis(
  canvas: Canvas,
  box: Box,
  ticks: AxisTicks,
  title: string,
  theme: Theme,
): void {
  const { text, unit } = theme;
  const below = box.y + box.height + unit;
  for (const { at, label } of ticks.marks) {
    const x = box.x + Math.round(at * box.width);
    canvas.fillRect({ x: x - (unit >> 1), y: below, width: unit, height: TICK_PX * unit }, FRAME);
    const baseline = below + (TICK_PX + GAP_PX) * unit + capHeight(text);
    drawText(canvas, label, x, baseline, { size: text, colour: INK, align: "centre" });
  }
  const baseline = below + (TICK_PX + 3 * GAP_PX) * unit + 2 * capHeight(text) - unit;
  const fitted = fitText(title, text, canvas.width - 2 * GAP_PX);
  const middle = insideCanvas(box.x + box.width / 2, textWidth(fitted, text), canvas.width);
  drawText(canvas, fitted, middle, baseline, { size: text, colour: INK, align: "centre" });
}

/** Draws an axis whose position 0 is at the top of the box, as rows are, unless `upwards`. */
export function drawSideAxis(
  canvas: Canvas,
  box: Box,
  ticks: AxisTicks,
  title: string,
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
  for (const at of ticks.minor) bar(at, 3 * unit);
  for (const { at, label } of ticks.marks) {
    const y = bar(at, TICK_PX * unit);
    const x = edge + outwards * (TICK_PX + GAP_PX) * unit;
    const align = side === "left" ? "right" : "left";
    drawText(canvas, label, x, y + Math.floor(capHeight(text) / 2), { size: text, colour: INK, align });
  }
  const width = sideAxisWidth(ticks, theme);
  const baseline =
    side === "left"
      ? edge - width + capHeight(text) + Math.round(text / 4)
      : edge + width - Math.round(text / 4);
  const fitted = fitText(title, text, canvas.height - 2 * GAP_PX);
  const middle = insideCanvas(box.y + box.height / 2, textWidth(fitted, text), canvas.height);
  drawText(canvas, fitted, baseline, middle, { size: text, colour: INK, align: "centre", upwards: true });
}

/** Draws the picture's title above the box. It may be wider than the box, but not wider than the canvas. */
export function drawTitle(canvas: Canvas, box: Box, title: string, baseline: number, size: FontSize): void {
  const fitted = fitText(title, size, canvas.width - 4 * GAP_PX);
  const middle = insideCanvas(box.x + box.width / 2, textWidth(fitted, size), canvas.width);
  drawText(canvas, fitted, middle, baseline, { size, colour: INK, align: "centre" });
}

function insideCanvas(middle: number, length: number, canvasLength: number): number {
  const half = length / 2 + GAP_PX;
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
