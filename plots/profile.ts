/** Draws an array with one axis as a line plot; where the axis lists words, as a marker for each. */
import { bottomAxisHeight, extraTitleHeight, sideAxisWidth, ticksDown, titleLines } from "./axes.ts";
import { axisAcross } from "./axis-ticks.ts";
import type { Box, Drawing, Medium, Point } from "./drawing.ts";
import { fillHatched, SPECIAL } from "./missing.ts";
import type { ArrayPicture, PlotAxis } from "./picture.ts";
import { drawPlotFrame } from "./plot-frame.ts";
import { createScale } from "./scale.ts";
import { dots, GRID, LINE, padOf, type Theme } from "./theme.ts";
import type { AxisTicks } from "./ticks.ts";

/** In hundredths of an inch. */
const SIZE = { width: 780, height: 440 };
const LINE_WIDTH = 1.6;
const MARKER = 6;
/** Share of the height left free above the largest and below the smallest value, so that the line is whole. */
const MARGIN = 0.04;
/** More markers on a line hide it. */
const MOST_MARKERS = 40;

/** The values over the x axis, as a file; holes are hatched bands, and those of the special value grey ones. */
export function drawProfile(picture: ArrayPicture, medium: Medium): Uint8Array {
  const { x, overview, special } = picture;
  const { theme } = medium;
  const pad = padOf(theme);
  const values = overview.values.subarray(0, overview.columns);
  const scale = createScale(values, picture);
  const beside = (yTicks: AxisTicks) => pad + sideAxisWidth(yTicks, theme) + 2 * pad;
  const below = bottomAxisHeight(theme) + pad;
  const ticksOf = (height: number) => ticksDown((most) => withMargin(scale.ticks(most)), height, theme.text);

  const least = dots(theme, 10);
  const titleOf = (width: number) => titleLines(picture.title, theme.title, width);
  const above = (lines: readonly string[]) => 3 * pad + extraTitleHeight(lines, theme.title);
  const room = medium.size && medium.size.height - above(titleOf(medium.size.width)) - below;
  const height = Math.max(least, room ?? dots(theme, SIZE.height));
  const yTicks = ticksOf(height);
  const width = Math.max(least, medium.size ? medium.size.width - beside(yTicks) : dots(theme, SIZE.width));
  const title = titleOf(width + beside(yTicks));
  const box = { x: pad + sideAxisWidth(yTicks, theme), y: above(title), width, height };
  const xTicks = axisAcross(x, values.length, width, theme.text);
  const sheet = medium.sheet(
    medium.size?.width ?? width + beside(yTicks),
    medium.size?.height ?? box.y + height + below,
  );
  for (const { at } of xTicks.marks)
    sheet.fillRect({ ...box, x: box.x + Math.round(at * box.width), width: theme.unit }, GRID);
  for (const { at } of yTicks.marks)
    sheet.fillRect({ ...box, y: box.y + Math.round((1 - at) * box.height), height: theme.unit }, GRID);

  const missing = drawBands(sheet, box, values, (value) => Number.isNaN(scale.position(value)), fillHatched);
  const hasSpecial = drawBands(sheet, box, values, scale.isSpecial, (on, band) => on.fillRect(band, SPECIAL));
  const isDrawn = (value: number) => !scale.isSpecial(value) && value >= scale.low && value <= scale.high;
  const positions = Float64Array.from(values, (value) =>
    isDrawn(value) ? inset(scale.position(value)) : Number.NaN,
  );
  drawPoints(sheet, box, positions, x, theme);
  const y = { of: picture.value, ticks: yTicks, upwards: true };
  const keys = { missing, special: hasSpecial ? special?.means : undefined, right: sheet.width - 2 * pad };
  drawPlotFrame(sheet, box, title, { of: x, ticks: xTicks }, y, theme, keys);
  return sheet.encode();
}

/** A band over the full height for each cell that `is` something; returns whether there was one. */
function drawBands(
  sheet: Drawing,
  box: Box,
  values: Float64Array,
  is: (value: number) => boolean,
  fill: (sheet: Drawing, band: Box) => void,
): boolean {
  const edge = (cell: number) => box.x + Math.round((cell * box.width) / values.length);
  let found = false;
  for (let cell = 0; cell < values.length; cell++) {
    if (!is(values[cell]!)) continue;
    const from = edge(cell);
    while (cell + 1 < values.length && is(values[cell + 1]!)) cell++;
    fill(sheet, { ...box, x: from, width: Math.max(1, edge(cell + 1) - from) });
    found = true;
  }
  return found;
}

/** A point between two holes has no line to show it, and so becomes a dot; so does a word, which has no neighbours. */
function drawPoints(
  sheet: Drawing,
  box: Box,
  positions: Float64Array,
  { points: listed }: PlotAxis,
  theme: Theme,
): void {
  const [thickness, marker] = [LINE_WIDTH, MARKER].map((length) => (length * theme.dpi) / 100) as [
    number,
    number,
  ];
  const isLine = !listed || typeof listed[0] === "number";
  const isDotted = !isLine || positions.length <= MOST_MARKERS;
  const cell = box.width / positions.length;
  const dot = isLine ? marker : Math.min(marker, Math.max(2 * thickness, cell));
  const points = Array.from(positions, (position, at): Point | undefined =>
    Number.isNaN(position)
      ? undefined
      : { x: box.x + (at + 0.5) * cell, y: box.y + (1 - position) * box.height },
  );
  for (const [at, point] of points.entries()) {
    if (!point) continue;
    const next = isLine ? points[at + 1] : undefined;
    if (next) sheet.line(point, next, LINE, thickness);
    if (isDotted || !(next || points[at - 1])) sheet.line(point, point, LINE, dot);
  }
}

function withMargin({ marks, minor, note }: AxisTicks): AxisTicks {
  return { marks: marks.map(({ at, label }) => ({ at: inset(at), label })), minor: minor.map(inset), note };
}

function inset(position: number): number {
  return MARGIN + position * (1 - 2 * MARGIN);
}
