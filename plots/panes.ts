/** The box around a surface: three panes behind it with a grid, and ticks along three of its edges. */
import { axisTitle, type Quantity } from "./axes.ts";
import { edgeTicks } from "./axis-ticks.ts";
import type { Drawing, Point } from "./drawing.ts";
import type { ArrayPicture, PlotAxis, View } from "./picture.ts";
import type { Place, Projection } from "./projection.ts";
import type { ValueScale } from "./scale.ts";
import { capHeight, fitText, textWidth } from "./text.ts";
import { dots, FRAME, INK, type Theme } from "./theme.ts";
import type { AxisTicks } from "./ticks.ts";

const FLOOR = 0xf1f2f4;
const BACK = 0xf5f6f8;
const SIDE = 0xeaecef;
const PANE_GRID = 0xcdd0d5;
const PANE_EDGE = 0xd9dbdf;
/** In hundredths of an inch. */
const TICK = 6;
const MOST_TICKS = 7;

/**
 * One of the three edges with numbers: `along` gives the place on it for a share, `grid` the two lines that begin
 * there.
 */
interface Edge {
  readonly ticks: AxisTicks;
  readonly of: Quantity;
  along(share: number): Place;
  grid(share: number): readonly (readonly [Place, Place])[];
  /** The direction away from the box, as seen in the picture. */
  readonly outwards: Point;
}

/** The box's far sides, 0 or 1 along x and along y: the panes stand there, and the numbers on the other side. */
interface Far {
  readonly x: number;
  readonly y: number;
}

interface Setting {
  /** The share of each side that is left free at its ends. */
  readonly inset: number;
  readonly view: View;
  readonly theme: Theme;
  /** The whole picture's. */
  readonly height: number;
}

/** What stands along the edges: lines, and texts by their left ends (an upright one by its middle). */
interface Labels {
  readonly lines: readonly (readonly [Point, Point])[];
  readonly texts: readonly (Point & { readonly text: string; readonly upwards: boolean })[];
}

/** Everything behind a surface, and how far its labels reach. */
export interface Panes {
  readonly left: number;
  readonly right: number;
  draw(sheet: Drawing): void;
}

export function layOutPanes(
  picture: ArrayPicture & { y: PlotAxis },
  scale: ValueScale,
  projection: Projection,
  { inset, view, theme, height }: Setting,
): Panes {
  const azimuth = (view.azimuth * Math.PI) / 180;
  const far = { x: Math.cos(azimuth) > 0 ? 0 : 1, y: Math.sin(azimuth) > 0 ? 0 : 1 };
  const at = (x: number, y: number, z: number) => projection.toPicture({ x, y, z });
  const panes: [number, Point[]][] = [
    [FLOOR, [at(0, 0, 0), at(1, 0, 0), at(1, 1, 0), at(0, 1, 0)]],
    [BACK, [at(0, far.y, 0), at(1, far.y, 0), at(1, far.y, 1), at(0, far.y, 1)]],
    [SIDE, [at(far.x, 0, 0), at(far.x, 1, 0), at(far.x, 1, 1), at(far.x, 0, 1)]],
  ];
  const edges = edgesOf(picture, scale, projection, far, inset, theme.text);
  const labels = edges.map((edge) => labelsOf(edge, projection, theme, height));
  const texts = labels.flatMap((each) => each.texts);
  const ends = texts.map(({ text, x, upwards }) => x + (upwards ? 0 : textWidth(text, theme.text)));
  return {
    left: Math.min(...texts.map(({ x }) => x)),
    right: Math.max(...ends),
    draw(sheet) {
      for (const [colour, corners] of panes) sheet.fillConvex(corners, colour);
      for (const [, corners] of panes) {
        for (const [k, corner] of corners.entries())
          sheet.line(corner, corners[(k + 1) % 4]!, PANE_EDGE, theme.unit);
      }
      for (const { ticks, grid } of edges) {
        for (const [from, to] of ticks.marks.flatMap(({ at: share }) => grid(share)))
          sheet.line(projection.toPicture(from), projection.toPicture(to), PANE_GRID, theme.unit);
      }
      for (const { lines } of labels) for (const [from, to] of lines) sheet.line(from, to, FRAME, theme.unit);
      for (const { text, x, y, upwards } of texts) {
        const align = upwards ? "centre" : "left";
        sheet.text(text, x, y, { size: theme.text, colour: INK, align, upwards });
      }
    },
  };
}

function edgesOf(
  { x, y, value }: ArrayPicture & { y: PlotAxis },
  scale: ValueScale,
  projection: Projection,
  far: Far,
  inset: number,
  size: number,
): Edge[] {
  const within = (ticks: AxisTicks): AxisTicks => ({
    ...ticks,
    marks: ticks.marks.map(({ at, label }) => ({ at: inset + at * (1 - 2 * inset), label })),
  });
  const near = { x: 1 - far.x, y: 1 - far.y };
  // The outline has two upright edges: the numbers stand on the right one.
  const [first, second] = [
    { x: near.x, y: far.y },
    { x: far.x, y: near.y },
  ] as const;
  const seenAt = (foot: Far) => projection.toPicture({ ...foot, z: 0.5 }).x;
  const foot = seenAt(first) >= seenAt(second) ? first : second;
  const corner = { x: far.x, y: far.y };
  const other = foot === first ? second : first;
  const alongX = (share: number) => ({ x: share, y: near.y, z: 0 });
  const alongY = (share: number) => ({ x: near.x, y: 1 - share, z: 0 });
  const alongZ = (share: number) => ({ ...foot, z: share });
  const flat = (along: (share: number) => Place, axis: PlotAxis) =>
    within(ticksAlong(projection, along, 2.6 * size, (most) => edgeTicks(axis, most, size)));
  return [
    {
      ticks: flat(alongX, x),
      of: x,
      along: alongX,
      grid: (share) => [
        [
          { x: share, y: near.y, z: 0 },
          { x: share, y: far.y, z: 0 },
        ],
        [
          { x: share, y: far.y, z: 0 },
          { x: share, y: far.y, z: 1 },
        ],
      ],
      outwards: direction(projection, { x: 0.5, y: far.y, z: 0 }, { x: 0.5, y: near.y, z: 0 }),
    },
    {
      ticks: flat(alongY, y),
      of: y,
      along: alongY,
      grid: (share) => [
        [
          { x: near.x, y: 1 - share, z: 0 },
          { x: far.x, y: 1 - share, z: 0 },
        ],
        [
          { x: far.x, y: 1 - share, z: 0 },
          { x: far.x, y: 1 - share, z: 1 },
        ],
      ],
      outwards: direction(projection, { x: far.x, y: 0.5, z: 0 }, { x: near.x, y: 0.5, z: 0 }),
    },
    {
      ticks: within(ticksAlong(projection, alongZ, 1.8 * size, (most) => scale.ticks(most))),
      of: value,
      along: alongZ,
      grid: (share) => [
        [
          { ...foot, z: share },
          { ...corner, z: share },
        ],
        [
          { ...corner, z: share },
          { ...other, z: share },
        ],
      ],
      outwards: { x: 1, y: 0 },
    },
  ];
}

/** The labels of an edge; one that is seen from its end has none. */
function labelsOf(
  { ticks, of, along, outwards }: Edge,
  projection: Projection,
  theme: Theme,
  height: number,
): Labels {
  const { text, unit } = theme;
  const [start, end] = [projection.toPicture(along(0)), projection.toPicture(along(1))];
  const lines: [Point, Point][] = [[start, end]];
  const texts: (Point & { text: string; upwards: boolean })[] = [];
  if (ticks.marks.length === 0) return { lines, texts };
  const half = capHeight(text) / 2;
  let widest = 0;
  let rightmost = 0;
  for (const { at, label } of ticks.marks) {
    const from = projection.toPicture(along(at));
    lines.push([from, shifted(from, outwards, dots(theme, TICK))]);
    const width = textWidth(label, text);
    widest = Math.max(widest, width);
    const reach = Math.abs(outwards.x) * (width / 2) + Math.abs(outwards.y) * half;
    rightmost = Math.max(rightmost, from.x + widest);
    const centre = shifted(from, outwards, dots(theme, TICK + 6) + reach);
    texts.push({ text: label, x: centre.x - width / 2, y: centre.y + half, upwards: false });
  }
  const middle = projection.toPicture(along(0.5));
  if (outwards.y === 0) {
    const x = rightmost + dots(theme, TICK + 12) + 2 * half;
    const title = axisTitle(of, ticks.note, text, Math.max(height / 2, Math.abs(end.y - start.y)));
    texts.push({ text: title, x, y: middle.y, upwards: true });
    return { lines, texts };
  }
  const reach = Math.abs(outwards.x) * widest + Math.abs(outwards.y) * 4 * half;
  const beside = shifted(middle, outwards, dots(theme, TICK + 12) + reach);
  for (const [line, words] of [axisTitle(of, "", text, height / 2), ticks.note].entries()) {
    const fitted = fitText(words, text, height / 2);
    const x = outwards.x < 0 ? beside.x - textWidth(fitted, text) : beside.x;
    if (fitted)
      texts.push({ text: fitted, x, y: beside.y + half + 1.4 * line * text + unit, upwards: false });
  }
  return { lines, texts };
}

/** As many ticks as the edge has room for as it is seen; none where three have no room. */
function ticksAlong(
  projection: Projection,
  along: (share: number) => Place,
  apart: number,
  make: (most: number) => AxisTicks,
): AxisTicks {
  const [start, end] = [projection.toPicture(along(0)), projection.toPicture(along(1))];
  const most = Math.floor(Math.hypot(end.x - start.x, end.y - start.y) / apart) + 1;
  return most < 3 ? { marks: [], minor: [], note: "" } : make(Math.min(MOST_TICKS, most));
}

function direction(projection: Projection, from: Place, to: Place): Point {
  const [a, b] = [projection.toPicture(from), projection.toPicture(to)];
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  return { x: (b.x - a.x) / length, y: (b.y - a.y) / length };
}

function shifted({ x, y }: Point, towards: Point, by: number): Point {
  return { x: x + by * towards.x, y: y + by * towards.y };
}
