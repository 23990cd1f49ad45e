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
}

/** Draws everything behind a surface. */
export function drawPanes(
  sheet: Drawing,
  picture: ArrayPicture & { y: PlotAxis },
  scale: ValueScale,
  projection: Projection,
  { inset, view, theme }: Setting,
): void {
  const azimuth = (view.azimuth * Math.PI) / 180;
  const far = { x: Math.cos(azimuth) > 0 ? 0 : 1, y: Math.sin(azimuth) > 0 ? 0 : 1 };
  const at = (x: number, y: number, z: number) => projection.toPicture({ x, y, z });
  const panes: [number, Point[]][] = [
    [FLOOR, [at(0, 0, 0), at(1, 0, 0), at(1, 1, 0), at(0, 1, 0)]],
    [BACK, [at(0, far.y, 0), at(1, far.y, 0), at(1, far.y, 1), at(0, far.y, 1)]],
    [SIDE, [at(far.x, 0, 0), at(far.x, 1, 0), at(far.x, 1, 1), at(far.x, 0, 1)]],
  ];
  for (const [colour, corners] of panes) sheet.fillConvex(corners, colour);
  for (const [, corners] of panes) {
    for (const [k, corner] of corners.entries())
      sheet.line(corner, corners[(k + 1) % 4]!, PANE_EDGE, theme.unit);
  }
  const edges = edgesOf(picture, scale, projection, far, inset, theme.text);
  for (const { ticks, grid } of edges) {
    for (const [from, to] of ticks.marks.flatMap(({ at: share }) => grid(share))) {
      sheet.line(projection.toPicture(from), projection.toPicture(to), PANE_GRID, theme.unit);
    }
  }
  for (const edge of edges) drawEdge(sheet, edge, projection, theme);
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
  return [
    {
      ticks: within(edgeTicks(x, MOST_TICKS, size)),
      of: x,
      along: (share) => ({ x: share, y: near.y, z: 0 }),
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
      ticks: within(edgeTicks(y, MOST_TICKS, size)),
      of: y,
      along: (share) => ({ x: near.x, y: 1 - share, z: 0 }),
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
      ticks: within(heightTicks(scale)),
      of: value,
      along: (share) => ({ ...foot, z: share }),
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

/** Few enough ticks to stand above each other on the box's shortest edge. */
export function heightTicks(scale: ValueScale): AxisTicks {
  return scale.ticks(MOST_TICKS);
}

function drawEdge(
  canvas: Drawing,
  { ticks, of, along, outwards }: Edge,
  projection: Projection,
  theme: Theme,
): void {
  const { text, unit } = theme;
  canvas.line(projection.toPicture(along(0)), projection.toPicture(along(1)), FRAME, unit);
  const half = capHeight(text) / 2;
  let widest = 0;
  let rightmost = 0;
  for (const { at, label } of ticks.marks) {
    const from = projection.toPicture(along(at));
    canvas.line(from, shifted(from, outwards, dots(theme, TICK)), FRAME, unit);
    widest = Math.max(widest, textWidth(label, text));
    const reach = Math.abs(outwards.x) * (textWidth(label, text) / 2) + Math.abs(outwards.y) * half;
    rightmost = Math.max(rightmost, from.x + widest);
    const centre = shifted(from, outwards, dots(theme, TICK + 6) + reach);
    canvas.text(label, centre.x, centre.y + half, { size: text, colour: INK, align: "centre" });
  }
  const middle = projection.toPicture(along(0.5));
  if (outwards.y === 0) {
    const x = rightmost + dots(theme, TICK + 12) + 2 * half;
    const edge = Math.abs(projection.toPicture(along(1)).y - projection.toPicture(along(0)).y);
    const title = axisTitle(of, ticks.note, text, edge);
    canvas.text(title, x, middle.y, { size: text, colour: INK, align: "centre", upwards: true });
    return;
  }
  const reach = Math.abs(outwards.x) * widest + Math.abs(outwards.y) * 4 * half;
  const end = shifted(middle, outwards, dots(theme, TICK + 12) + reach);
  const most = canvas.width / 3;
  for (const [line, words] of [axisTitle(of, "", text, most), ticks.note].entries()) {
    const fitted = fitText(words, text, most);
    const width = textWidth(fitted, text);
    const wanted = outwards.x < 0 ? end.x - width : end.x;
    const left = Math.min(canvas.width - width - dots(theme, 4), Math.max(dots(theme, 4), wanted));
    canvas.text(fitted, left, end.y + half + 1.4 * line * text, {
      size: text,
      colour: INK,
      align: "left",
    });
  }
}

function direction(projection: Projection, from: Place, to: Place): Point {
  const [a, b] = [projection.toPicture(from), projection.toPicture(to)];
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  return { x: (b.x - a.x) / length, y: (b.y - a.y) / length };
}

function shifted({ x, y }: Point, towards: Point, by: number): Point {
  return { x: x + by * towards.x, y: y + by * towards.y };
}
