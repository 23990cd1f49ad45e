/** Turns a letter's outline into grey pixels, by the exact share of each that the outline covers. */
import { CAP_HEIGHT, UNITS, X_HEIGHT } from "./glyphs.generated.ts";
import type { Outline, OutlinePoint } from "./outlines.ts";

export interface Bitmap {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Coverage 0..15, row-major. */
  readonly alpha: Uint8Array;
}

/** The largest coverage. Few steps leave most of a PNG's palette to the picture's colours. */
export const FULL = 15;
const NOTHING: Bitmap = { left: 0, top: 0, width: 0, height: 0, alpha: new Uint8Array(0) };
/** How far a round letter reaches beyond the lines between which a straight one stands. */
const OVERSHOOT = 8;

type Place = readonly [x: number, y: number];

/** The letter `sizePx` high; y is downwards from the baseline. */
export function rasterise({ points }: Outline, sizePx: number): Bitmap {
  if (points.length === 0) return NOTHING;
  const toRow = fitToPixelRows(sizePx);
  const path = flattened(points, sizePx).map(
    ([x, y, isFirst]) => [x * (sizePx / UNITS), -toRow(y), isFirst] as const,
  );
  const xs = path.map(([x]) => x);
  const ys = path.map(([, y]) => y);
  const [left, top] = [Math.floor(Math.min(...xs)), Math.floor(Math.min(...ys))];
  const width = Math.ceil(Math.max(...xs)) - left;
  const height = Math.ceil(Math.max(...ys)) - top;
  // Two more: what an edge in the last column changes to its right.
  const changes = new Float32Array(width * height + 2);
  for (const [k, [x, y, isFirst]] of path.entries()) {
    const [fromX, fromY] = path[k - 1] ?? [x, y];
    if (!isFirst) addEdge(changes, width, fromX - left, fromY - top, x - left, y - top);
  }
  const alpha = new Uint8Array(width * height);
  let covered = 0;
  for (let at = 0; at < alpha.length; at++) {
    covered += changes[at]!;
    alpha[at] = Math.round(FULL * Math.min(1, Math.abs(covered)));
  }
  return { left, top, width, height, alpha };
}

/** The contours as closed chains of straight lines; the first place of each is marked. */
function flattened(
  points: readonly OutlinePoint[],
  sizePx: number,
): [x: number, y: number, isFirst: boolean][] {
  const steps = sizePx < 32 ? 4 : 8;
  const path: [number, number, boolean][] = [];
  for (const contour of contoursOf(points)) {
    let [x, y] = contour[0]!.to;
    path.push([x, y, true]);
    for (const { control, to } of contour.slice(1)) {
      for (let step = 1; control && step < steps; step++) {
        const t = step / steps;
        const at = (a: number, b: number, c: number) => (1 - t) * ((1 - t) * a + 2 * t * b) + t * t * c;
        path.push([at(x, control[0], to[0]), at(y, control[1], to[1]), false]);
      }
      [x, y] = to;
      path.push([x, y, false]);
    }
  }
  return path;
}

/** Each contour from its start to its start again; between two controls lies a point that TrueType leaves out. */
function contoursOf(points: readonly OutlinePoint[]): { readonly control?: Place; readonly to: Place }[][] {
  const contours: { control?: Place; to: Place }[][] = [];
  let from = 0;
  for (const [k, { isLast }] of points.entries()) {
    if (!isLast) continue;
    const loop = points.slice(from, k + 1);
    from = k + 1;
    const start = loop.findIndex(({ isOnCurve }) => isOnCurve);
    const turned = [...loop.slice(start), ...loop.slice(0, start + 1)];
    const steps: { control?: Place; to: Place }[] = [];
    let control: Place | undefined;
    for (const { x, y, isOnCurve } of turned) {
      if (control && !isOnCurve) steps.push({ control, to: [(control[0] + x) / 2, (control[1] + y) / 2] });
      if (isOnCurve) steps.push({ ...(control && { control }), to: [x, y] });
      control = isOnCurve ? undefined : [x, y];
    }
    contours.push(steps);
  }
  return contours;
}

/**
 * Adds how the coverage changes from pixel to pixel along the rows that an edge crosses: a running sum gives the share of each pixel to
 * the right of all edges (the way of font-rs, https://github.com/raphlinus/font-rs).
 */
function addEdge(changes: Float32Array, width: number, x0: number, y0: number, x1: number, y1: number): void {
  if (y0 === y1) return;
  const winding = y0 < y1 ? 1 : -1;
  const [topX, top, bottom] = y0 < y1 ? [x0, y0, y1] : [x1, y1, y0];
  const slope = (x1 - x0) / (y1 - y0);
  for (let row = Math.floor(top); row < bottom; row++) {
    const [from, to] = [Math.max(row, top), Math.min(row + 1, bottom)];
    const [a, b] = [topX + (from - top) * slope, topX + (to - top) * slope];
    const [low, high] = a < b ? [a, b] : [b, a];
    const share = (winding * (to - from)) / Math.max(high - low, 1e-9);
    const start = row * width;
    // The edge's part in each column covers the pixel by a trapezoid, and the columns to its right in full.
    for (let column = Math.floor(low); column <= high; column++) {
      const part = Math.min(high, column + 1) - Math.max(low, column);
      const height = high - low < 1e-9 ? winding * (to - from) : share * part;
      const middle = (Math.min(high, column + 1) + Math.max(low, column)) / 2 - column;
      changes[start + column]! += height * (1 - middle);
      changes[start + column + 1]! += height * middle;
      if (high - low < 1e-9) break;
    }
  }
}

/**
 * Stretches heights so that the tops of x and H fall on whole pixels and round letters lose their overshoot: without it small text
 * has grey, blurred upper edges.
 */
function fitToPixelRows(sizePx: number): (y: number) => number {
  const whole = (units: number) => Math.round((units * sizePx) / UNITS);
  const knots: readonly Place[] = [
    [-UNITS, -sizePx],
    [-OVERSHOOT, 0],
    [0, 0],
    [X_HEIGHT, whole(X_HEIGHT)],
    [X_HEIGHT + OVERSHOOT, whole(X_HEIGHT)],
    [CAP_HEIGHT, whole(CAP_HEIGHT)],
    [CAP_HEIGHT + OVERSHOOT, whole(CAP_HEIGHT)],
    [CAP_HEIGHT + OVERSHOOT + UNITS, whole(CAP_HEIGHT) + sizePx],
  ];
  return (y) => {
    const upper = Math.max(
      1,
      knots.findIndex(([from]) => y <= from),
    );
    const [[y0, to0], [y1, to1]] = [knots[upper - 1]!, knots[upper]!];
    return to0 + ((y - y0) / (y1 - y0)) * (to1 - to0);
  };
}
