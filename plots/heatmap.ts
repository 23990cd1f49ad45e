/** The array as an image: one colour per cell. */
import { bottomAxisHeight, extraTitleHeight, sideAxisWidth, titleLines } from "./axes.ts";
import { axisAcross, axisDown, isEven } from "./axis-ticks.ts";
import { pngMedium } from "./canvas.ts";
import { colormapTable, colourAt } from "./colormaps.ts";
import { colourBarWidth, drawColourBar } from "./colourbar.ts";
import type { Box, Medium, Raster } from "./drawing.ts";
import { hatchAt, SPECIAL } from "./missing.ts";
import type { ArrayPicture, PlotAxis } from "./picture.ts";
import { drawPlotFrame } from "./plot-frame.ts";
import { drawProfile } from "./profile.ts";
import { createScale, type ValueScale } from "./scale.ts";
import { dots, padOf } from "./theme.ts";
import { upwards } from "./upwards.ts";

/** Leaves 32 of a PNG palette's 256 entries to the text's greys: a picture with a palette has a third of the bytes. */
const PALETTE_SHARE = 224;
/** In hundredths of an inch. */
const SHORTEST_LONG_SIDE = 450;
const LONGEST_SIDE = 1000;
const MOST_STRETCHED = 4;
/** The ratio of two ranges without a unit up to which they are drawn to one scale. */
const MOST_UNITLESS = 4;
/** Where an axis lists its points, which need room for their labels. */
const MOST_STRETCHED_LIST = 1.5;
/** Marks a hole. It is no colour of a map: those have 24 bits. */
const HOLE = 0xffffffff;

/** The array with axes and colour bar, as a file; a line plot if the array has one axis only. */
export function drawHeatmap(picture: ArrayPicture, medium: Medium = pngMedium()): Uint8Array {
  const { y } = picture;
  return y ? drawCells(upwards({ ...picture, y }), medium) : drawProfile(picture, medium);
}

function drawCells(picture: ArrayPicture & { y: PlotAxis }, medium: Medium): Uint8Array {
  const { x, y, overview, special } = picture;
  const { theme } = medium;
  const { rows, columns } = overview;
  const scale = createScale(overview.values, picture);
  const table = colormapTable(picture.colormap, PALETTE_SHARE);
  const pad = padOf(theme);
  const barGap = Math.round(1.5 * pad);
  const ticksFor = (height: number) => {
    const yTicks = axisDown(y, rows, height, theme.text);
    const besides = pad + sideAxisWidth(yTicks, theme) + barGap + colourBarWidth(scale, height, theme) + pad;
    return { yTicks, besides };
  };
  const title = (width: number) => titleLines(picture.title, theme.title, width);
  const above = (lines: readonly string[]) => 3 * pad + extraTitleHeight(lines, theme.title);
  const below = bottomAxisHeight(theme) + pad;
  const own = plotSize(picture, theme.dpi);
  const size = medium.size ? fitted(medium.size, own) : own;

  function fitted(whole: { readonly width: number; readonly height: number }, { width, height }: typeof own) {
    const mostHeight = Math.max(1, whole.height - above(title(whole.width)) - below);
    const mostWidth = Math.max(1, whole.width - ticksFor(mostHeight).besides);
    // Where the axes are of different kinds, no proportion is the true one.
    if (!isPlane(x, y)) return { width: mostWidth, height: mostHeight };
    const factor = Math.max(1 / Math.max(width, height), Math.min(mostWidth / width, mostHeight / height));
    return { width: Math.round(width * factor), height: Math.round(height * factor) };
  }

  const { yTicks, besides } = ticksFor(size.height);
  const width = medium.size?.width ?? size.width + besides;
  const lines = title(width);
  const height = medium.size?.height ?? above(lines) + size.height + below;
  const xTicks = axisAcross(x, columns, size.width, theme.text);
  const box = {
    x: Math.round((width - size.width - besides) / 2) + pad + sideAxisWidth(yTicks, theme),
    y: above(lines) + Math.round((height - above(lines) - size.height - below) / 2),
    ...size,
  };
  const barX = box.x + size.width + barGap;
  const sheet = medium.sheet(width, height);
  const found = { missing: false, special: false };
  sheet.image(
    box,
    (canvas, at, unit) => Object.assign(found, paintCells(canvas, at, unit, picture, scale, table)),
    overview,
  );
  const keys = { missing: found.missing, special: found.special ? special?.means : undefined };
  drawPlotFrame(
    sheet,
    box,
    lines,
    { of: x, ticks: xTicks },
    { of: y, ticks: yTicks, upwards: false },
    theme,
    { ...keys, right: width - pad },
  );
  const bar = { x: barX, y: box.y, height: box.height };
  drawColourBar(sheet, bar, { scale, table, value: picture.value }, theme);
  return sheet.encode();
}

/** In dots: at least one pixel of a screen per cell if possible, whole ones for few cells, and the axes' own aspect. */
function plotSize({ x, y, overview: { rows, columns } }: ArrayPicture & { y: PlotAxis }, dpi: number) {
  const aspect = aspectOf(x, y, rows / columns);
  const width = Math.max(columns, rows / aspect);
  const long = Math.max(width, width * aspect);
  const factor = long > LONGEST_SIDE ? LONGEST_SIDE / long : Math.ceil(SHORTEST_LONG_SIDE / long);
  return {
    width: dots({ dpi }, Math.round(width * factor)),
    height: dots({ dpi }, Math.round(width * aspect * factor)),
  };
}

/** Height divided by width: of the coordinates if these are places in one plane, else of the array. */
function aspectOf(x: PlotAxis, y: PlotAxis, cells: number): number {
  const aspect = isPlane(x, y) ? spanRatio(x, y) : cells;
  const most = x.points || y.points ? MOST_STRETCHED_LIST : MOST_STRETCHED;
  return Math.min(most, Math.max(1 / most, aspect));
}

const spanRatio = (x: PlotAxis, y: PlotAxis): number =>
  Math.abs(y.last - y.first) / Math.abs(x.last - x.first);

/** Whether both axes are even and have the same unit. Two numbers without one may be a plane's coordinates, or a share and a count. */
function isPlane(x: PlotAxis, y: PlotAxis): boolean {
  const spans = spanRatio(x, y);
  const isAlike = isEven(x) && isEven(y) && x.unit === y.unit && spans > 0 && Number.isFinite(spans);
  return isAlike && (x.unit !== "" || (spans >= 1 / MOST_UNITLESS && spans <= MOST_UNITLESS));
}

/** Paints the cells; returns whether there were holes, and cells of the special value. */
function paintCells(
  canvas: Raster,
  box: Box,
  unit: number,
  { overview }: ArrayPicture,
  scale: ValueScale,
  table: Uint32Array,
): { missing: boolean; special: boolean } {
  const { rows, columns, values } = overview;
  const columnOf = Uint32Array.from({ length: box.width }, (_, at) =>
    Math.floor(((at + 0.5) * columns) / box.width),
  );
  const colours = new Uint32Array(columns);
  let painted = -1;
  const found = { missing: false, special: false };
  for (let down = 0; down < box.height; down++) {
    const row = Math.floor(((down + 0.5) * rows) / box.height);
    if (row !== painted) {
      const isSpecial = colourRow(colours, values.subarray(row * columns, (row + 1) * columns), scale, table);
      found.special ||= isSpecial;
    }
    painted = row;
    const from = (box.y + down) * canvas.width + box.x;
    const pixels = canvas.pixels.subarray(from, from + box.width);
    if (paintRow(pixels, colours, columnOf, down, unit)) found.missing = true;
  }
  return found;
}

/** A call for each row, as is the next one, for the reason that png.ts has. Returns whether the special value was there. */
function colourRow(
  colours: Uint32Array,
  values: Float64Array,
  scale: ValueScale,
  table: Uint32Array,
): boolean {
  let found = false;
  for (let column = 0; column < values.length; column++) {
    const value = values[column]!;
    if (scale.hasSpecial && scale.isSpecial(value)) {
      colours[column] = SPECIAL;
      found = true;
      continue;
    }
    const position = scale.position(value);
    colours[column] = Number.isNaN(position) ? HOLE : colourAt(table, position);
  }
  return found;
}

/** Returns whether there were holes. */
function paintRow(
  pixels: Uint32Array,
  colours: Uint32Array,
  columnOf: Uint32Array,
  down: number,
  unit: number,
): boolean {
  let holes = false;
  for (let across = 0; across < pixels.length; across++) {
    const colour = colours[columnOf[across]!]!;
    pixels[across] = colour === HOLE ? hatchAt(across, down, unit) : colour;
    holes ||= colour === HOLE;
  }
  return holes;
}
