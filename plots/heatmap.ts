/** The array as an image: one colour per cell, rows as they are stored. */
import { bottomAxisHeight, extraTitleHeight, sideAxisWidth, titleLines } from "./axes.ts";
import { axisAcross, axisDown, isEven } from "./axis-ticks.ts";
import { type Box, Canvas } from "./canvas.ts";
import { colormapTable, colourAt } from "./colormaps.ts";
import { colourBarWidth, drawColourBar } from "./colourbar.ts";
import { hatchAt } from "./missing.ts";
import type { ArrayPicture, PlotAxis } from "./picture.ts";
import { drawPlotFrame, PAD_PX } from "./plot-frame.ts";
import { encodePng } from "./png.ts";
import { drawProfile } from "./profile.ts";
import { createScale, type ValueScale } from "./scale.ts";
import { PAPER, SCREEN } from "./theme.ts";

/** Leaves 32 of a PNG palette's 256 entries to the text's greys: a picture with a palette has a third of the bytes. */
const PALETTE_SHARE = 224;
const SHORTEST_LONG_SIDE_PX = 450;
const LONGEST_SIDE_PX = 1000;
const MOST_STRETCHED = 4;
/** Where an axis lists its points, which need room for their labels. */
/** The ratio of two ranges without a unit up to which they are drawn to one scale. */
const MOST_UNITLESS = 4;
const MOST_STRETCHED_LIST = 1.5;
/** Marks a hole. It is no colour of a map: those have 24 bits. */
const HOLE = 0xffffffff;

/** PNG bytes of the array with axes and colour bar; a line plot if the array has one axis only. */
export function drawHeatmap(picture: ArrayPicture): Uint8Array {
  const { y } = picture;
  return y ? drawCells({ ...picture, y }) : drawProfile(picture);
}

function drawCells(picture: ArrayPicture & { y: PlotAxis }): Uint8Array {
  const { x, y, overview } = picture;
  const { rows, columns } = overview;
  const scale = createScale(overview.values, picture.scale);
  const table = colormapTable(picture.colormap, PALETTE_SHARE);
  const size = plotSize(picture);
  const yTicks = axisDown(y, rows, size.height, SCREEN.text);
  const xTicks = axisAcross(x, columns, size.width, SCREEN.text);

  const left = PAD_PX + sideAxisWidth(yTicks, SCREEN);
  const barX = left + size.width + Math.round(1.5 * PAD_PX);
  const width = barX + colourBarWidth(scale, size.height, SCREEN) + PAD_PX;
  const title = titleLines(picture.title, SCREEN.title, width);
  const box = { x: left, y: 3 * PAD_PX + extraTitleHeight(title, SCREEN.title), ...size };
  const canvas = new Canvas(width, box.y + box.height + bottomAxisHeight(SCREEN) + PAD_PX, PAPER);
  const holes = paintCells(canvas, box, picture, scale, table);
  drawPlotFrame(
    canvas,
    box,
    title,
    { of: x, ticks: xTicks },
    { of: y, ticks: yTicks, upwards: false },
    holes ? width - PAD_PX : undefined,
  );
  drawColourBar(
    canvas,
    { x: barX, y: box.y, height: box.height },
    { scale, table, value: picture.value },
    SCREEN,
  );
  return encodePng(canvas.pixels, canvas.width, canvas.height);
}

/** At least one pixel per cell if possible, whole pixels for few cells, and the axes' own aspect. */
function plotSize({ x, y, overview: { rows, columns } }: ArrayPicture & { y: PlotAxis }): {
  width: number;
  height: number;
} {
  const aspect = aspectOf(x, y, rows / columns);
  const width = Math.max(columns, rows / aspect);
  const long = Math.max(width, width * aspect);
  const factor = long > LONGEST_SIDE_PX ? LONGEST_SIDE_PX / long : Math.ceil(SHORTEST_LONG_SIDE_PX / long);
  return { width: Math.round(width * factor), height: Math.round(width * aspect * factor) };
}

/** Height divided by width: of the coordinates if both axes are even and have the same unit, else of the array. */
function aspectOf(x: PlotAxis, y: PlotAxis, cells: number): number {
  const spans = Math.abs(y.last - y.first) / Math.abs(x.last - x.first);
  // Two numbers without a unit may be a plane's coordinates, or a share and a count.
  const isPlane = x.unit !== "" || (spans >= 1 / MOST_UNITLESS && spans <= MOST_UNITLESS);
  const isAlike = isEven(x) && isEven(y) && x.unit === y.unit && isPlane;
  const aspect = isAlike && spans > 0 && Number.isFinite(spans) ? spans : cells;
  const most = x.points || y.points ? MOST_STRETCHED_LIST : MOST_STRETCHED;
  return Math.min(most, Math.max(1 / most, aspect));
}

/** Paints the cells; returns whether there were holes. */
function paintCells(
  canvas: Canvas,
  box: Box,
  { overview }: ArrayPicture,
  scale: ValueScale,
  table: Uint32Array,
): boolean {
  const { rows, columns, values } = overview;
  const columnOf = Uint32Array.from({ length: box.width }, (_, at) =>
    Math.floor(((at + 0.5) * columns) / box.width),
  );
  const colours = new Uint32Array(columns);
  let [painted, holes] = [-1, false];
  for (let down = 0; down < box.height; down++) {
    const row = Math.floor(((down + 0.5) * rows) / box.height);
    if (row !== painted)
      colourRow(colours, values.subarray(row * columns, (row + 1) * columns), scale, table);
    painted = row;
    const from = (box.y + down) * canvas.width + box.x;
    const pixels = canvas.pixels.subarray(from, from + box.width);
    if (paintRow(pixels, colours, columnOf, down)) holes = true;
  }
  return holes;
}

/** A call for each row, as is the next one, for the reason that png.ts has. */
function colourRow(colours: Uint32Array, values: Float64Array, scale: ValueScale, table: Uint32Array): void {
  for (let column = 0; column < values.length; column++) {
    const position = scale.position(values[column]!);
    colours[column] = Number.isNaN(position) ? HOLE : colourAt(table, position);
  }
}

/** Returns whether there were holes. */
function paintRow(pixels: Uint32Array, colours: Uint32Array, columnOf: Uint32Array, down: number): boolean {
  let holes = false;
  for (let across = 0; across < pixels.length; across++) {
    const colour = colours[columnOf[across]!]!;
    pixels[across] = colour === HOLE ? hatchAt(across, down) : colour;
    holes ||= colour === HOLE;
  }
  return holes;
}
