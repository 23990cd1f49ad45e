/** Draws the array as a shaded landscape in a box, like matplotlib's plot_surface. */
import { drawTitle, extraTitleHeight, titleLines } from "./axes.ts";
import { isEven } from "./axis-ticks.ts";
import { pngMedium } from "./canvas.ts";
import { colormapTable } from "./colormaps.ts";
import { colourBarWidth, drawColourBar } from "./colourbar.ts";
import type { Medium } from "./drawing.ts";
import { drawMesh } from "./mesh.ts";
import { drawKeys } from "./missing.ts";
import { layOutPanes, type Panes } from "./panes.ts";
import { cutOf } from "./peaks.ts";
import type { ArrayPicture, PlotAxis } from "./picture.ts";
import { drawProfile } from "./profile.ts";
import { createProjection, DEFAULT_VIEW, type Place } from "./projection.ts";
import { createScale } from "./scale.ts";
import { dots, PRINT, padOf, SCREEN } from "./theme.ts";
import { upwards } from "./upwards.ts";

export type SurfaceDetail = "quick" | "fine";

/** At most this number of cells is drawn along each axis. */
const MOST_CELLS: Readonly<Record<SurfaceDetail, number>> = { quick: 200, fine: 1000 };
/** Per pixel in each direction. */
const SAMPLES = 2;
const SIZE_PX = {
  quick: { width: 900, height: 700, theme: SCREEN },
  fine: { width: 1600, height: 1200, theme: PRINT },
};

/** What a surface is drawn on by itself: a screen's size, or a large one. */
const surfaceMedium = (detail: SurfaceDetail): Medium =>
  pngMedium(SIZE_PX[detail].theme, SIZE_PX[detail]);

/** Share of each side of the box left free around the surface. */
const INSET = 0.02;
const HEIGHT = 0.72;
const ATTEMPTS = 4;

/**
 * The surface as a file; a line plot if the array has one axis only. `fine` takes several times as long as `quick`.
 */
export function drawSurface(
  given: ArrayPicture,
  { detail }: { detail: SurfaceDetail },
  medium: Medium = surfaceMedium(detail),
): Uint8Array {
  const { y } = given;
  if (!y) return drawProfile(given, medium);
  const picture = upwards({ ...given, y });
  const { theme } = medium;
  const { width, height } = medium.size ?? {
    width: dots(theme, SIZE_PX.quick.width),
    height: dots(theme, SIZE_PX.quick.height),
  };
  const { overview, special } = picture;
  const scale = createScale(overview.values, picture);
  const table = colormapTable(picture.colormap);
  const cut = cutOf(overview, MOST_CELLS[detail], scale);
  const sheet = medium.sheet(width, height);

  const bar = { y: Math.round(height * 0.21), height: Math.round(height * 0.52) };
  const barX = width - colourBarWidth(scale, bar.height, theme) - theme.text;
  const title = titleLines(picture.title, theme.title, width);
  const extra = extraTitleHeight(title, theme.title);
  const sides = sidesOf(picture.x, picture.y);
  const view = picture.view ?? DEFAULT_VIEW;
  const setting = { inset: INSET, view, theme, height };
  const top = 4 * theme.text + extra;
  let frame = {
    ...{ x: theme.text, y: top, width: barX - 3 * theme.text },
    height: Math.max(1, height - top - 3 * theme.text),
  };
  let panes: Panes;
  // The labels reach as far from the box as it is large: where they do not fit, the box becomes smaller.
  for (let attempt = 0; ; attempt++) {
    panes = layOutPanes(picture, scale, createProjection(sides, frame, view), setting);
    const left = Math.max(0, Math.ceil(theme.text - panes.left));
    const right = Math.max(0, Math.ceil(panes.right - (barX - 1.5 * theme.text)));
    if (attempt === ATTEMPTS || left + right === 0) break;
    frame = { ...frame, x: frame.x + left, width: Math.max(1, frame.width - left - right) };
  }
  panes.draw(sheet);
  sheet.image(frame, (canvas, area) => {
    const seen = createProjection(sides, area, view);
    const stage = { sides, inset: INSET, projection: seen, view };
    drawMesh(canvas, area, cut, table, SAMPLES, stage);
  });
  drawTitle(sheet, { x: 0, y: 0, width, height }, title, 2 * theme.title + extra, theme.title);
  drawColourBar(sheet, { x: barX, ...bar }, { scale, table, value: picture.value }, theme);
  const keys = { missing: cut.hasHoles, special: cut.special && special?.means };
  drawKeys(sheet, keys, width - padOf(theme), height - padOf(theme), theme);
  return sheet.encode();
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
