import { PNG } from "pngjs";
import type { ArrayPicture, Overview } from "../../plots/picture.ts";

/** Pixels of a PNG as an independent decoder sees them. */
export class Pixels {
  readonly width: number;
  readonly height: number;
  readonly #colours: Uint32Array;

  constructor(png: Uint8Array) {
    const { width, height, data } = PNG.sync.read(Buffer.from(png));
    [this.width, this.height] = [width, height];
    this.#colours = new Uint32Array(width * height);
    for (let k = 0; k < width * height; k++) this.#colours[k] = data.readUInt32BE(4 * k) >>> 8;
  }

  at(x: number, y: number): number {
    return this.#colours[y * this.width + x] ?? Number.NaN;
  }

  /** How many pixels have this 0xRRGGBB colour. */
  count(colour: number): number {
    return this.all().filter((rgb) => rgb === colour).length;
  }

  /** All colours, row by row. */
  all(): number[] {
    return [...this.#colours];
  }
}

/** A picture of `overview` on a grid from 0 to 1 in both directions. */
export function pictureOf(overview: Overview, change: Partial<ArrayPicture> = {}): ArrayPicture {
  return {
    title: "a picture",
    value: { name: "value", unit: "m" },
    y: { name: "y", unit: "s", first: 0, last: 1 },
    x: { name: "x", unit: "s", first: 0, last: 1 },
    overview,
    colormap: "viridis",
    scale: "linear",
    ...change,
  };
}

export function overviewOf(
  rows: number,
  columns: number,
  value: (row: number, column: number) => number,
): Overview {
  const values = Float64Array.from({ length: rows * columns }, (_, k) =>
    value(Math.floor(k / columns), k % columns),
  );
  return { rows, columns, values };
}
