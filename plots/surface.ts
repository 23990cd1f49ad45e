/** Draws the array as a shaded landscape in a box, like matplotlib's plot_surface. */
import { drawTitle, extraTitleHeight, sideAxisWidth, titleLines } from "./axes.ts";
import { isEven } from "./axis-ticks.ts";
import { Canvas } from "./canvas.ts";
import { colormapTable } from "./colormaps.ts";
import { colourBarWidth, drawColourBar } from "./colourbar.ts";
import { drawMesh, type Fineness } from "./mesh.ts";
import { drawPanes, heightTicks } from "./panes.ts";
import type { ArrayPicture, PlotAxis } from "./picture.ts";
import { encodePng } from "./png.ts";
import { drawProfile } from "./profile.ts";
import { createProjection, type Place } from "./projection.ts";
import { createScale } from "./scale.ts";
import { PAPER, PRINT, SCREEN, type Theme } from "./theme.ts";

export type SurfaceDetail = "quick" | "fine";

interface Look extends Fineness {
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
}

const LOOKS: Record<SurfaceDetail, Look> = {
  quick: { width: 900, height: 700, mostCells: 200, samples: 2, theme: SCREEN },
  fine: { width: 1600, height: 1200, mostCells: 1000, samples: 2, theme: PRINT },
};

/** Share of each side of the box left free around the surface. */
const INSET = 0.02;
const HEIGHT = 0.72;

/**
 * PNG bytes of the surface; a line plot if the array has one axis only. `fine` takes several times as long as `quick`.
 */
export function drawSurface(picture: ArrayPicture, { detail }: { detail: SurfaceDetail }): Uint8Array {
  const { y } = picture;
  if (!y) return drawProfile(picture);
  const { width, height, theme, ...fineness } = LOOKS[detail];
  const { overview } = picture;
  const scale = createScale(overview.values, picture.scale);
  const table = colormapTable(picture.colormap);
  const canvas = new Canvas(width, height, PAPER);

  const bar = { y: Math.round(height * 0.21), height: Math.round(height * 0.52) };
  const barX = width - colourBarWidth(scale, bar.height, theme) - theme.text;
  const title = titleLines(picture.title, theme.title, width);
  const extra = extraTitleHeight(title, theme.title);
  const frame = {
    x: 3 * theme.text,
    y: 4 * theme.text + extra,
    width: barX - sideAxisWidth(heightTicks(scale), theme) - 5 * theme.text,
    height: height - 7 * theme.text - extra,
  };
  const sides = sidesOf(picture.x, y);
  const projection = createProjection(sides, frame);
  drawPanes(canvas, { ...picture, y }, scale, projection, INSET, theme);
  drawMesh(canvas, frame, { overview, scale, table }, fineness, { sides, inset: INSET, projection });
  drawTitle(canvas, { x: 0, y: 0, width, height }, title, 2 * theme.title + extra, theme.title);
  drawColourBar(canvas, { x: barX, ...bar }, { scale, table, value: picture.value }, theme);
  return encodePng(canvas.pixels, width, height);
}

/** The coordinates' proportion, within bounds, if both axes are even and have the same unit; else a square. */
function sidesOf(x: PlotAxis, y: PlotAxis): Place {
  const ratio = Math.abs(y.last - y.first) / Math.abs(x.last - x.first);
  const aspect =
    isEven(x) && isEven(y) && x.unit === y.unit && ratio > 0 && Number.isFinite(ratio)
      ? Math.min(2, Math.max(0.5, ratio))
      : 1;
  return { x: Math.min(1, 1 / aspect), y: Math.min(1, aspect), z: HEIGHT };
}
