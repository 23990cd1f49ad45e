/** The box around a surface: three panes behind it with a grid, and ticks along three of its edges. */
import { axisTitle } from "./axes.ts";
import type { Canvas, Point } from "./canvas.ts";
import type { ArrayPicture, PlotAxis } from "./picture.ts";
import type { Place, Projection } from "./projection.ts";
import type { ValueScale } from "./scale.ts";
import { capHeight, drawText, fitText, textWidth } from "./text.ts";
import { FRAME, INK, type Theme } from "./theme.ts";
import { type AxisTicks, valueTicks } from "./ticks.ts";

const FLOOR = 0xf1f2f4;
const BACK = 0xf5f6f8;
const SIDE = 0xeaecef;
const PANE_GRID = 0xcdd0d5;
const PANE_EDGE = 0xd9dbdf;
const TICK_PX = 6;
const MOST_TICKS = 7;

/**
 * One of the three edges with numbers: `along` gives the place on it for a share, `grid` the two lines that begin
 * there.
 */
interface Edge {
  readonly ticks: AxisTicks;
  readonly title: string;
  along(share: number): Place;
  grid(share: number): readonly (readonly [Place, Place])[];
  /** The direction away from the box, as seen in the picture. */
  readonly outwards: Point;
}

/** Draws everything behind a surface; `inset` is the share of each side that is left free at its ends. */
export function drawPanes(
  canvas: Canvas,
  picture: ArrayPicture & { y: PlotAxis },
  scale: ValueScale,
  projection: Projection,
  inset: number,
  theme: Theme,
): void {
  const at = (x: number, y: number, z: number) => projection.toPicture({ x, y, z });
  const panes: [number, Point[]][] = [
    [FLOOR, [at(0, 0, 0), at(1, 0, 0), at(1, 1, 0), at(0, 1, 0)]],
    [BACK, [at(0, 1, 0), at(1, 1, 0), at(1, 1, 1), at(0, 1, 1)]],
    [SIDE, [at(0, 0, 0), at(0, 1, 0), at(0, 1, 1), at(0, 0, 1)]],
  ];
  for (const [colour, corners] of panes) canvas.fillConvex(corners, colour);
  for (const [, corners] of panes) {
    for (const [k, corner] of corners.entries())
      canvas.line(corner, corners[(k + 1) % 4]!, PANE_EDGE, theme.unit);
  }
  const edges = edgesOf(picture, scale, projection, inset);
  for (const { ticks, grid } of edges) {
    for (const [from, to] of ticks.marks.flatMap(({ at: share }) => grid(share))) {
      canvas.line(projection.toPicture(from), projection.toPicture(to), PANE_GRID, theme.unit);
    }
  }
  for (const edge of edges) drawEdge(canvas, edge, projection, theme);
}

function edgesOf(
  { x, y, value }: ArrayPicture & { y: PlotAxis },
  scale: ValueScale,
  projection: Projection,
  inset: number,
): Edge[] {
  const within = (ticks: AxisTicks): AxisTicks => ({
    ...ticks,
    marks: ticks.marks.map(({ at, label }) => ({ at: inset + at * (1 - 2 * inset), label })),
  });
  const xTicks = within(pointTicks(x, MOST_TICKS));
  const yTicks = within(pointTicks(y, MOST_TICKS));
  const zTicks = within(heightTicks(scale));
  return [
    {
      ticks: xTicks,
      title: axisTitle(x),
      along: (share) => ({ x: share, y: 0, z: 0 }),
      grid: (share) => [
        [
          { x: share, y: 0, z: 0 },
          { x: share, y: 1, z: 0 },
        ],
        [
          { x: share, y: 1, z: 0 },
          { x: share, y: 1, z: 1 },
        ],
      ],
      outwards: direction(projection, { x: 0.5, y: 1, z: 0 }, { x: 0.5, y: 0, z: 0 }),
    },
    {
      ticks: yTicks,
      title: axisTitle(y),
      along: (share) => ({ x: 1, y: 1 - share, z: 0 }),
      grid: (share) => [
        [
          { x: 1, y: 1 - share, z: 0 },
          { x: 0, y: 1 - share, z: 0 },
        ],
        [
          { x: 0, y: 1 - share, z: 0 },
          { x: 0, y: 1 - share, z: 1 },
        ],
      ],
      outwards: direction(projection, { x: 0, y: 0.5, z: 0 }, { x: 1, y: 0.5, z: 0 }),
    },
    {
      ticks: zTicks,
      title: axisTitle({ name: value.name, unit: "" }, zTicks),
      along: (share) => ({ x: 1, y: 1, z: share }),
      grid: (share) => [
        [
          { x: 1, y: 1, z: share },
          { x: 0, y: 1, z: share },
        ],
        [
          { x: 0, y: 1, z: share },
          { x: 0, y: 0, z: share },
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
  canvas: Canvas,
  { ticks, title, along, outwards }: Edge,
  projection: Projection,
  { text, unit }: Theme,
): void {
  canvas.line(projection.toPicture(along(0)), projection.toPicture(along(1)), FRAME, unit);
  const half = capHeight(text) / 2;
  let widest = 0;
  for (const { at, label } of ticks.marks) {
    const from = projection.toPicture(along(at));
    canvas.line(from, shifted(from, outwards, TICK_PX * unit), FRAME, unit);
    widest = Math.max(widest, textWidth(label, text));
    const reach = Math.abs(outwards.x) * (textWidth(label, text) / 2) + Math.abs(outwards.y) * half;
    const centre = shifted(from, outwards, (TICK_PX + 6) * unit + reach);
    drawText(canvas, label, centre.x, centre.y + half, { size: text, colour: INK, align: "centre" });
  }
  const middle = projection.toPicture(along(0.5));
  if (outwards.y === 0) {
    const x = middle.x + widest + (TICK_PX + 12) * unit + 2 * half;
    drawText(canvas, title, x, middle.y, { size: text, colour: INK, align: "centre", upwards: true });
    return;
  }
  const reach = Math.abs(outwards.x) * widest + Math.abs(outwards.y) * 4 * half;
  const end = shifted(middle, outwards, (TICK_PX + 12) * unit + reach);
  for (const [line, words] of [title, ticks.note].entries()) {
    const fitted = fitText(words, text, canvas.width / 3);
    const width = textWidth(fitted, text);
    const wanted = outwards.x < 0 ? end.x - width : end.x;
    const left = Math.min(canvas.width - width - 4 * unit, Math.max(4 * unit, wanted));
    drawText(canvas, fitted, left, end.y + half + 1.4 * line * text, {
      size: text,
      colour: INK,
      align: "left",
    });
  }
}

/** Ticks of an axis that begins and ends at its outermost grid points. */
function pointTicks({ first, last }: PlotAxis, most: number): AxisTicks {
  return valueTicks(first, last, most, (value) => (last === first ? 0.5 : (value - first) / (last - first)));
}

function direction(projection: Projection, from: Place, to: Place): Point {
  const [a, b] = [projection.toPicture(from), projection.toPicture(to)];
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  return { x: (b.x - a.x) / length, y: (b.y - a.y) / length };
}

function shifted({ x, y }: Point, towards: Point, by: number): Point {
  return { x: x + by * towards.x, y: y + by * towards.y };
}
