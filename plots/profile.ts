/** Draws an array with one axis as a line plot; where the axis lists words, as a marker for each. */
import { bottomAxisHeight, extraTitleHeight, sideAxisWidth, ticksDown, titleLines } from "./axes.ts";
import { axisAcross } from "./axis-ticks.ts";
import { type Box, Canvas, type Point } from "./canvas.ts";
import { fillHatched } from "./missing.ts";
import type { ArrayPicture, PlotAxis } from "./picture.ts";
import { drawPlotFrame, PAD_PX } from "./plot-frame.ts";
import { encodePng } from "./png.ts";
import { createScale } from "./scale.ts";
import { GRID, LINE, PAPER, SCREEN } from "./theme.ts";
import type { AxisTicks } from "./ticks.ts";

const SIZE_PX = { width: 780, height: 440 };
/** Share of the height left free above the largest and below the smallest value, so that the line is whole. */
const MARGIN = 0.04;
const LINE_PX = 1.6;
const MARKER_PX = 6;
/** More markers on a line hide it. */
const MOST_MARKERS = 40;

/** PNG bytes of the values over the x axis; holes are hatched bands. */
export function drawProfile(picture: ArrayPicture): Uint8Array {
  const { x, overview } = picture;
  const values = overview.values.subarray(0, overview.columns);
  const scale = createScale(values, picture.scale);
  const xTicks = axisAcross(x, values.length, SIZE_PX.width, SCREEN.text);
  const yTicks = ticksDown((most) => withMargin(scale.ticks(most)), SIZE_PX.height, SCREEN.text);

  const left = PAD_PX + sideAxisWidth(yTicks, SCREEN);
  const width = left + SIZE_PX.width + 2 * PAD_PX;
  const title = titleLines(picture.title, SCREEN.title, width);
  const box = { x: left, y: 3 * PAD_PX + extraTitleHeight(title, SCREEN.title), ...SIZE_PX };
  const canvas = new Canvas(width, box.y + box.height + bottomAxisHeight(SCREEN) + PAD_PX, PAPER);
  for (const { at } of xTicks.marks)
    canvas.fillRect({ ...box, x: box.x + Math.round(at * box.width), width: 1 }, GRID);
  for (const { at } of yTicks.marks)
    canvas.fillRect({ ...box, y: box.y + Math.round((1 - at) * box.height), height: 1 }, GRID);

  const positions = Float64Array.from(values, (value) => inset(scale.position(value)));
  const holes = hatchHoles(canvas, box, positions);
  drawPoints(canvas, box, positions, x);
  const y = { of: picture.value, ticks: yTicks, upwards: true };
  drawPlotFrame(canvas, box, title, { of: x, ticks: xTicks }, y, holes ? width - 2 * PAD_PX : undefined);
  return encodePng(canvas.pixels, canvas.width, canvas.height);
}

function hatchHoles(canvas: Canvas, box: Box, positions: Float64Array): boolean {
  const edge = (cell: number) => box.x + Math.round((cell * box.width) / positions.length);
  let found = false;
  for (const [cell, position] of positions.entries()) {
    if (!Number.isNaN(position)) continue;
    found = true;
    fillHatched(canvas, {
      x: edge(cell),
      y: box.y,
      width: Math.max(1, edge(cell + 1) - edge(cell)),
      height: box.height,
    });
  }
  return found;
}

/** A point between two holes has no line to show it, and so becomes a dot; so does a word, which has no neighbours. */
function drawPoints(canvas: Canvas, box: Box, positions: Float64Array, { points: listed }: PlotAxis): void {
  const isLine = !listed || typeof listed[0] === "number";
  const isDotted = !isLine || positions.length <= MOST_MARKERS;
  const cell = box.width / positions.length;
  const dot = isLine ? MARKER_PX : Math.min(MARKER_PX, Math.max(2 * LINE_PX, cell));
  const points = Array.from(positions, (position, at): Point | undefined =>
    Number.isNaN(position)
      ? undefined
      : { x: box.x + (at + 0.5) * cell, y: box.y + (1 - position) * box.height },
  );
  for (const [at, point] of points.entries()) {
    if (!point) continue;
    const next = isLine ? points[at + 1] : undefined;
    if (next) canvas.line(point, next, LINE, LINE_PX);
    if (isDotted || !(next || points[at - 1])) canvas.line(point, point, LINE, dot);
  }
}

function withMargin({ marks, minor, note }: AxisTicks): AxisTicks {
  return { marks: marks.map(({ at, label }) => ({ at: inset(at), label })), minor: minor.map(inset), note };
}

function inset(position: number): number {
  return MARGIN + position * (1 - 2 * MARGIN);
}
