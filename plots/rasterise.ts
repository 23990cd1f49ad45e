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

/** The letter `sizePx` high; y is downwards from the baseline. */
export function rasterise({ points }: Outline, sizePx: number): Bitmap {
  if (points.length === 0) return NOTHING;
  const edges = edgesOf(points, sizePx);
  let minX = edges[0]!;
  let maxX = minX;
  let minY = edges[1]!;
  let maxY = minY;
  for (let k = 0; k < edges.length; k += 2) {
    if (edges[k]! < minX) minX = edges[k]!;
    if (edges[k]! > maxX) maxX = edges[k]!;
    if (edges[k + 1]! < minY) minY = edges[k + 1]!;
    if (edges[k + 1]! > maxY) maxY = edges[k + 1]!;
  }
  const left = Math.floor(minX);
  const top = Math.floor(minY);
  const width = Math.ceil(maxX) - left;
  const height = Math.ceil(maxY) - top;
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

/**
 * The closed contours as straight pieces, in pixels: x and y of one end, then of the other. Here and below nothing is taken apart by
 * `[a, b] =`: V8 runs that as an iterator until it compiles the code, which is most of a picture's letters.
 */
function edgesOf(points: readonly OutlinePoint[], sizePx: number): number[] {
  const path = new Path(sizePx);
  let from = 0;
  for (let last = 0; last < points.length; last++) {
    if (!points[last]!.isLast) continue;
    let first = from;
    while (!points[first]!.isOnCurve) first++;
    const length = last + 1 - from;
    path.moveTo(points[first]!.x, points[first]!.y);
    let control: OutlinePoint | undefined;
    for (let k = 1; k <= length; k++) {
      const point = points[from + ((first - from + k) % length)]!;
      // Between two controls lies a point that TrueType leaves out.
      if (control && !point.isOnCurve)
        path.curveTo(control, (control.x + point.x) / 2, (control.y + point.y) / 2);
      else if (control) path.curveTo(control, point.x, point.y);
      else if (point.isOnCurve) path.lineTo(point.x, point.y);
      control = point.isOnCurve ? undefined : point;
    }
    from = last + 1;
  }
  return path.edges;
}

class Path {
  readonly edges: number[] = [];
  readonly #scale: number;
  readonly #steps: number;
  readonly #rows: Rows;
  /** In the font's units, and in pixels. */
  #x = 0;
  #y = 0;
  #px = 0;
  #py = 0;

  constructor(sizePx: number) {
    this.#scale = sizePx / UNITS;
    this.#steps = sizePx < 32 ? 4 : 8;
    this.#rows = rowsOf(sizePx);
  }

  moveTo(x: number, y: number): void {
    this.#x = x;
    this.#y = y;
    this.#px = x * this.#scale;
    this.#py = -toRow(this.#rows, y);
  }

  lineTo(x: number, y: number): void {
    const fromX = this.#px;
    const fromY = this.#py;
    this.moveTo(x, y);
    this.edges.push(fromX, fromY, this.#px, this.#py);
  }

  curveTo(control: OutlinePoint, toX: number, toY: number): void {
    const x = this.#x;
    const y = this.#y;
    for (let step = 1; step <= this.#steps; step++) {
      const t = step / this.#steps;
      const a = (1 - t) * (1 - t);
      const b = 2 * t * (1 - t);
      this.lineTo(a * x + b * control.x + t * t * toX, a * y + b * control.y + t * t * toY);
    }
  }
}

/**
 * Adds how the coverage changes from pixel to pixel along the rows that an edge crosses: a running sum gives the share of each pixel to
 * the right of all edges (the way of font-rs, https://github.com/raphlinus/font-rs).
 */
function addEdge(changes: Float32Array, width: number, x0: number, y0: number, x1: number, y1: number): void {
  if (y0 === y1) return;
  const winding = y0 < y1 ? 1 : -1;
  const top = Math.min(y0, y1);
  const bottom = Math.max(y0, y1);
  const topX = y0 < y1 ? x0 : x1;
  const slope = (x1 - x0) / (y1 - y0);
  for (let row = Math.floor(top); row < bottom; row++) {
    const from = row > top ? row : top;
    const to = row + 1 < bottom ? row + 1 : bottom;
    const a = topX + (from - top) * slope;
    const b = topX + (to - top) * slope;
    const low = a < b ? a : b;
    const high = a < b ? b : a;
    const isUpright = high - low < 1e-9;
    const share = isUpright ? 0 : (winding * (to - from)) / (high - low);
    // The edge's part in each column covers the pixel by a trapezoid, and the columns to its right in full.
    for (let column = Math.floor(low); column <= high; column++) {
      const end = high < column + 1 ? high : column + 1;
      const start = low > column ? low : column;
      const height = isUpright ? winding * (to - from) : share * (end - start);
      const middle = (end + start) / 2 - column;
      const at = row * width + column;
      changes[at] = changes[at]! + height * (1 - middle);
      changes[at + 1] = changes[at + 1]! + height * middle;
      if (isUpright) break;
    }
  }
}

/** Heights in the font's units, and the pixels' rows that they come to. */
interface Rows {
  readonly units: readonly number[];
  readonly rows: readonly number[];
}

/**
 * Stretches heights so that the tops of x and H fall on whole pixels and round letters lose their overshoot: without it small text
 * has grey, blurred upper edges.
 */
function rowsOf(sizePx: number): Rows {
  const x = Math.round((X_HEIGHT * sizePx) / UNITS);
  const cap = Math.round((CAP_HEIGHT * sizePx) / UNITS);
  const tops = [X_HEIGHT, X_HEIGHT + OVERSHOOT, CAP_HEIGHT, CAP_HEIGHT + OVERSHOOT];
  return {
    units: [-UNITS, -OVERSHOOT, 0, ...tops, CAP_HEIGHT + OVERSHOOT + UNITS],
    rows: [-sizePx, 0, 0, x, x, cap, cap, cap + sizePx],
  };
}

function toRow({ units, rows }: Rows, y: number): number {
  let k = 1;
  while (k < units.length - 1 && y > units[k]!) k++;
  const share = (y - units[k - 1]!) / (units[k]! - units[k - 1]!);
  return rows[k - 1]! + share * (rows[k]! - rows[k - 1]!);
}
