/** Turns one glyph outline into grey pixels: the part of the generator that knows about curves. */

export interface PathCommand {
  readonly type: string;
  readonly x?: number;
  readonly y?: number;
  readonly x1?: number;
  readonly y1?: number;
}

export interface Bitmap {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Coverage 0..15, row-major. */
  readonly alpha: Uint8Array;
}

interface Edge {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

const CURVE_STEPS = 8;
const SCANLINES_PER_PIXEL = 16;
const FULL = 15;

/** Coverage of every pixel under the non-zero winding rule; pixels are exact in x and sampled in y. */
export function rasterise(commands: readonly PathCommand[]): Bitmap {
  const edges = flatten(commands);
  if (edges.length === 0) return { left: 0, top: 0, width: 0, height: 0, alpha: new Uint8Array(0) };
  const xs = edges.flatMap(({ x0, x1 }) => [x0, x1]);
  const ys = edges.flatMap(({ y0, y1 }) => [y0, y1]);
  const left = Math.floor(Math.min(...xs));
  const top = Math.floor(Math.min(...ys));
  const width = Math.ceil(Math.max(...xs)) - left;
  const height = Math.ceil(Math.max(...ys)) - top;
  const coverage = new Float64Array(width * height);
  for (let line = 0; line < height * SCANLINES_PER_PIXEL; line++) {
    const row = Math.floor(line / SCANLINES_PER_PIXEL);
    for (const [from, to] of insideSpans(edges, top + (line + 0.5) / SCANLINES_PER_PIXEL)) {
      addSpan(coverage.subarray(row * width, (row + 1) * width), from - left, to - left);
    }
  }
  return {
    left,
    top,
    width,
    height,
    alpha: Uint8Array.from(coverage, (sum) => Math.round((sum / SCANLINES_PER_PIXEL) * FULL)),
  };
}

function flatten(commands: readonly PathCommand[]): Edge[] {
  const edges: Edge[] = [];
  let [x, y, startX, startY] = [0, 0, 0, 0];
  const lineTo = (toX: number, toY: number) => {
    edges.push({ x0: x, y0: y, x1: toX, y1: toY });
    [x, y] = [toX, toY];
  };
  for (const { type, x: endX = 0, y: endY = 0, x1 = 0, y1 = 0 } of commands) {
    if (type === "M") {
      [x, y, startX, startY] = [endX, endY, endX, endY];
    } else if (type === "L") {
      lineTo(endX, endY);
    } else if (type === "Q") {
      const [fromX, fromY] = [x, y];
      for (let step = 1; step <= CURVE_STEPS; step++) {
        const t = step / CURVE_STEPS;
        const [a, b, c] = [(1 - t) * (1 - t), 2 * t * (1 - t), t * t];
        lineTo(a * fromX + b * x1 + c * endX, a * fromY + b * y1 + c * endY);
      }
    } else if (type === "Z") {
      lineTo(startX, startY);
    } else {
      throw new TypeError(`Expected a TrueType outline (M, L, Q, Z), got ${type}`);
    }
  }
  return edges;
}

function insideSpans(edges: readonly Edge[], y: number): [number, number][] {
  const crossings = edges
    .filter(({ y0, y1 }) => y0 <= y !== y1 <= y)
    .map(({ x0, y0, x1, y1 }) => ({ x: x0 + ((y - y0) / (y1 - y0)) * (x1 - x0), winding: y1 > y0 ? 1 : -1 }))
    .sort((a, b) => a.x - b.x);
  const spans: [number, number][] = [];
  let winding = 0;
  let entered = 0;
  for (const crossing of crossings) {
    if (winding === 0) entered = crossing.x;
    winding += crossing.winding;
    if (winding === 0) spans.push([entered, crossing.x]);
  }
  return spans;
}

function addSpan(row: Float64Array, from: number, to: number): void {
  for (let x = Math.floor(from); x < to && x < row.length; x++) {
    row[x] = row[x]! + Math.min(to, x + 1) - Math.max(from, x);
  }
}
