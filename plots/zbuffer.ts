/** Fills triangles so that the nearest one is seen, on a grid finer than the picture's for smooth edges. */
import { type Box, mix, type Raster } from "./drawing.ts";

/** Numbers per vertex: x and y in samples, nearness (larger hides smaller), entry in the colour table. */
export const VERTEX = 4;

export class ZBuffer {
  readonly area: Box;
  readonly samples: number;
  readonly #width: number;
  readonly #height: number;
  readonly #nearness: Float32Array;
  readonly #entries: Uint16Array;

  /** Covers `area` of the canvas with `samples` x `samples` per pixel. */
  constructor(area: Box, samples: number) {
    this.area = area;
    this.samples = samples;
    this.#width = area.width * samples;
    this.#height = area.height * samples;
    this.#nearness = new Float32Array(this.#width * this.#height);
    this.#entries = new Uint16Array(this.#width * this.#height);
  }

  /**
   * Fills the triangle of the vertices that begin at `a`, `b` and `c`; colour entries run from one to the next and are
   * counted from `base`. Neighbouring triangles leave no gap: they compute the same ends on their common edge.
   */
  fillTriangle(vertices: Float32Array, a: number, b: number, c: number, base: number): void {
    const top = highest(vertices, a, b, c);
    const bottom = lowest(vertices, a, b, c);
    const middle = a + b + c - top - bottom;
    const ax = vertices[top]!;
    const ay = vertices[top + 1]!;
    const bx = vertices[middle]!;
    const by = vertices[middle + 1]!;
    const cx = vertices[bottom]!;
    const cy = vertices[bottom + 1]!;
    const firstRow = Math.max(0, Math.ceil(ay - 0.5));
    const endRow = Math.min(this.#height, Math.ceil(cy - 0.5));
    const doubleArea = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
    if (firstRow >= endRow || doubleArea === 0) return;

    const long = (cx - ax) / (cy - ay);
    const upper = (bx - ax) / (by - ay);
    const lower = (cx - bx) / (cy - by);
    const an = vertices[top + 2]!;
    const bn = vertices[middle + 2]! - an;
    const cn = vertices[bottom + 2]! - an;
    const nearnessX = (bn * (cy - ay) - cn * (by - ay)) / doubleArea;
    const nearnessY = (cn * (bx - ax) - bn * (cx - ax)) / doubleArea;
    const ae = vertices[top + 3]!;
    const be = vertices[middle + 3]! - ae;
    const ce = vertices[bottom + 3]! - ae;
    const entryX = (be * (cy - ay) - ce * (by - ay)) / doubleArea;
    const entryY = (ce * (bx - ax) - be * (cx - ax)) / doubleArea;
    const nearnesses = this.#nearness;
    const entries = this.#entries;
    for (let row = firstRow; row < endRow; row++) {
      const y = row + 0.5;
      const onLong = ax + (y - ay) * long;
      const onShort = y < by ? ax + (y - ay) * upper : bx + (y - by) * lower;
      const first = Math.max(0, Math.ceil((doubleArea > 0 ? onLong : onShort) - 0.5));
      const end = Math.min(this.#width, Math.ceil((doubleArea > 0 ? onShort : onLong) - 0.5));
      const start = row * this.#width;
      let nearness = an + (first + 0.5 - ax) * nearnessX + (y - ay) * nearnessY;
      let entry = ae + (first + 0.5 - ax) * entryX + (y - ay) * entryY;
      for (let at = start + first; at < start + end; at++) {
        if (nearness > nearnesses[at]!) {
          nearnesses[at] = nearness;
          entries[at] = base + entry;
        }
        nearness += nearnessX;
        entry += entryX;
      }
    }
  }

  /** Lays the triangles over the canvas: each pixel is the mean of its samples; uncovered samples show the canvas, or what lies under its image. */
  drawOn(canvas: Raster, table: Uint32Array): void {
    for (let row = 0; row < this.area.height; row++) this.#drawRow(row, canvas, table);
  }

  /** A call for each row, for the reason that png.ts has. */
  #drawRow(row: number, { pixels, alpha, width }: Raster, table: Uint32Array): void {
    const { area, samples } = this;
    const nearnesses = this.#nearness;
    const entries = this.#entries;
    const all = samples * samples;
    const start = (area.y + row) * width + area.x;
    for (let column = 0; column < area.width; column++) {
      let covered = 0;
      let red = 0;
      let green = 0;
      let blue = 0;
      let at = row * samples * this.#width + column * samples;
      for (let down = 0; down < samples; down++, at += this.#width - samples) {
        for (let right = 0; right < samples; right++, at++) {
          if (nearnesses[at] === 0) continue;
          const colour = table[entries[at]!]!;
          covered++;
          red += colour >> 16;
          green += (colour >> 8) & 255;
          blue += colour & 255;
        }
      }
      if (covered === 0) continue;
      const half = covered >> 1;
      const mean =
        (((red + half) / covered) << 16) | (((green + half) / covered) << 8) | ((blue + half) / covered);
      const pixel = start + column;
      if (alpha) alpha[pixel] = Math.round((255 * covered) / all);
      pixels[pixel] = alpha || covered === all ? mean : mix(pixels[pixel]!, mean, covered / all);
    }
  }
}

/** Among equally high vertices `highest` takes the first and `lowest` the last, so they are never the same. */
function highest(vertices: Float32Array, a: number, b: number, c: number): number {
  const ab = vertices[b + 1]! < vertices[a + 1]! ? b : a;
  return vertices[c + 1]! < vertices[ab + 1]! ? c : ab;
}

function lowest(vertices: Float32Array, a: number, b: number, c: number): number {
  const ab = vertices[b + 1]! >= vertices[a + 1]! ? b : a;
  return vertices[c + 1]! >= vertices[ab + 1]! ? c : ab;
}
