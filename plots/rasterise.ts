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
  const edges = edgesOf(points, sizePx);
  let [left, top, right, bottom] = [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  for (let k = 0; k < edges.length; k += 2) {
    left = Math.min(left, edges[k]!);
    right = Math.max(right, edges[k]!);
    top = Math.min(top, edges[k + 1]!);
    bottom = Math.max(bottom, edges[k + 1]!);
  }
  [left, top] = [Math.floor(left), Math.floor(top)];
  const [width, height] = [Math.ceil(right) - left, Math.ceil(bottom) - top];
  // Two more: what an edge in the last column changes to its right.
  const changes = new Float32Array(width * height + 2);
  for (let k = 0; k < edges.length; k += 4)
    addEdge(changes, width, edges[k]! - left, edges[k + 1]! - top, edges[k + 2]! - left, edges[k + 3]! - top);
  const alpha = new Uint8Array(width * height);
  let covered = 0;
  for (let at = 0; at < alpha.length; at++) {
    covered += changes[at]!;
    alpha[at] = Math.round(FULL * Math.min(1, Math.abs(covered)));
  }
  return { left, top, width, height, alpha };
}

/** The closed contours as straight pieces, in pixels: x and y of one end, then of the other. */
function edgesOf(points: readonly OutlinePoint[], sizePx: number): number[] {
  const steps = sizePx < 32 ? 4 : 8;
  const [scale, toRow] = [sizePx / UNITS, fitToPixelRows(sizePx)];
  const edges: number[] = [];
  let from = 0;
  for (let last = 0; last < points.length; last++) {
    if (!points[last]!.isLast) continue;
    let first = from;
    while (!points[first]!.isOnCurve) first++;
    const length = last + 1 - from;
    let [x, y] = [points[first]!.x, points[first]!.y];
    let [px, py] = [x * scale, -toRow(y)];
    const lineTo = (toX: number, toY: number) => {
      const [nextX, nextY] = [toX * scale, -toRow(toY)];
      edges.push(px, py, nextX, nextY);
      [px, py] = [nextX, nextY];
    };
    const curveTo = (control: OutlinePoint, toX: number, toY: number) => {
      for (let step = 1; step <= steps; step++) {
        const t = step / steps;
        const [a, b, c] = [(1 - t) * (1 - t), 2 * t * (1 - t), t * t];
        lineTo(a * x + b * control.x + c * toX, a * y + b * control.y + c * toY);
      }
      [x, y] = [toX, toY];
    };
    let control: OutlinePoint | undefined;
    for (let k = 1; k <= length; k++) {
      const point = points[from + ((first - from + k) % length)]!;
      // Between two controls lies a point that TrueType leaves out.
      if (control && !point.isOnCurve) curveTo(control, (control.x + point.x) / 2, (control.y + point.y) / 2);
      else if (control) curveTo(control, point.x, point.y);
      else if (point.isOnCurve) {
        lineTo(point.x, point.y);
        [x, y] = [point.x, point.y];
      }
      control = point.isOnCurve ? undefined : point;
    }
    from = last + 1;
  }
  return edges;
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
    let upper = 1;
    while (upper < knots.length - 1 && y > knots[upper]![0]) upper++;
    const [[y0, to0], [y1, to1]] = [knots[upper - 1]!, knots[upper]!];
    return to0 + ((y - y0) / (y1 - y0)) * (to1 - to0);
  };
}
