/** The box around a surface: three panes behind it with a grid, and ticks along three of its edges. */
import { axisTitle, type Quantity } from "./axes.ts";
import { edgeTicks } from "./axis-ticks.ts";
import type { Canvas, Point } from "./canvas.ts";
import type { ArrayPicture, PlotAxis } from "./picture.ts";
import type { Place, Projection } from "./projection.ts";
import type { ValueScale } from "./scale.ts";
import { capHeight, drawText, type FontSize, fitText, textWidth } from "./text.ts";
import { FRAME, INK, type Theme } from "./theme.ts";
import type { AxisTicks } from "./ticks.ts";

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
  readonly of: Quantity;
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
  const edges = edgesOf(picture, scale, projection, inset, theme.text);
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
  size: FontSize,
): Edge[] {
  const within = (ticks: AxisTicks): AxisTicks => ({
    ...ticks,
    marks: ticks.marks.map(({ at, label }) => ({ at: inset + at * (1 - 2 * inset), label })),
  });
  const xTicks = within(edgeTicks(x, MOST_TICKS, size));
  const yTicks = within(edgeTicks(y, MOST_TICKS, size));
  const zTicks = within(heightTicks(scale));
  return [
    {
      ticks: xTicks,
      of: x,
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
      of: y,
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
      of: { name: value.name, unit: "" },
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
  { ticks, of, along, outwards }: Edge,
  projection: Projection,
  { text, unit }: Theme,
): void {
  canvas.line(projection.toPicture(along(0)), projection.toPicture(along(1)), FRAME, unit);
  const half = capHeight(text) / 2;
  let widest = 0;
  let rightmost = 0;
  for (const { at, label } of ticks.marks) {
    const from = projection.toPicture(along(at));
    canvas.line(from, shifted(from, outwards, TICK_PX * unit), FRAME, unit);
    widest = Math.max(widest, textWidth(label, text));
    const reach = Math.abs(outwards.x) * (textWidth(label, text) / 2) + Math.abs(outwards.y) * half;
    rightmost = Math.max(rightmost, from.x + widest);
    const centre = shifted(from, outwards, (TICK_PX + 6) * unit + reach);
    drawText(canvas, label, centre.x, centre.y + half, { size: text, colour: INK, align: "centre" });
  }
  const middle = projection.toPicture(along(0.5));
  if (outwards.y === 0) {
    const x = rightmost + (TICK_PX + 12) * unit + 2 * half;
    const edge = Math.abs(projection.toPicture(along(1)).y - projection.toPicture(along(0)).y);
    const title = axisTitle(of, ticks.note, text, edge);
    drawText(canvas, title, x, middle.y, { size: text, colour: INK, align: "centre", upwards: true });
    return;
  }
  const reach = Math.abs(outwards.x) * widest + Math.abs(outwards.y) * 4 * half;
  const end = shifted(middle, outwards, (TICK_PX + 12) * unit + reach);
  const most = canvas.width / 3;
  for (const [line, words] of [axisTitle(of, "", text, most), ticks.note].entries()) {
    const fitted = fitText(words, text, most);
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

function direction(projection: Projection, from: Place, to: Place): Point {
  const [a, b] = [projection.toPicture(from), projection.toPicture(to)];
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  return { x: (b.x - a.x) / length, y: (b.y - a.y) / length };
}

function shifted({ x, y }: Point, towards: Point, by: number): Point {
  return { x: x + by * towards.x, y: y + by * towards.y };
}
