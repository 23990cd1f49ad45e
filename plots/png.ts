/** Encodes pixels as a PNG file (PNG specification, third edition: https://www.w3.org/TR/png-3/). */
import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const TRUECOLOUR = 2;
const PALETTE = 3;
const WITH_ALPHA = 6;
const FILTER_UP = 2;
const MOST_PALETTE_ENTRIES = 256;

/**
 * PNG bytes of `width` x `height` pixels given as 0xRRGGBB: with a palette if 256 colours are enough, else as RGB. With `alpha`, a byte
 * a pixel, they are RGBA.
 */
export function encodePng(
  pixels: Uint32Array,
  width: number,
  height: number,
  dpi = 100,
  alpha?: Uint8Array,
): Uint8Array {
  const few = alpha ? undefined : indexed(pixels, width, height);
  const chunks = alpha
    ? [
        header(width, height, WITH_ALPHA),
        density(dpi),
        chunk("IDAT", compress(rgbaRows(pixels, alpha, width))),
      ]
    : few
      ? [
          header(width, height, PALETTE),
          density(dpi),
          chunk("PLTE", rgbBytes(few.palette)),
          chunk("IDAT", compress(few.rows)),
        ]
      : [
          header(width, height, TRUECOLOUR),
          density(dpi),
          chunk("IDAT", compress(rgbRows(pixels, width, height))),
        ];
  return Buffer.concat([SIGNATURE, ...chunks, chunk("IEND", new Uint8Array(0))]);
}

/**
 * Colours in order of appearance and the pixels as indices into them, or undefined if there are too many.
 *
 * Here and below, each row is a call of its own: V8 compiles a function that is called often, while code that it compiles
 * within a running loop ends with the inner loop, so that the next row begins in the interpreter again.
 */
function indexed(
  pixels: Uint32Array,
  width: number,
  height: number,
): { palette: number[]; rows: Uint8Array } | undefined {
  const palette = new Map<number, number>();
  // Each row starts with its filter type: 0 (none), since neighbouring indices mean nothing as numbers.
  const rows = new Uint8Array(height * (width + 1));
  for (let y = 0; y < height; y++) {
    indexRow(pixels.subarray(y * width, (y + 1) * width), palette, rows, y * (width + 1) + 1);
    if (palette.size > MOST_PALETTE_ENTRIES) return undefined;
  }
  return { palette: [...palette.keys()], rows };
}

/** Ends early where there are too many colours. */
function indexRow(pixels: Uint32Array, palette: Map<number, number>, rows: Uint8Array, to: number): void {
  let previous = -1;
  let current = 0;
  for (let x = 0; x < pixels.length; x++) {
    const rgb = pixels[x]!;
    if (rgb !== previous) {
      previous = rgb;
      current = palette.get(rgb) ?? palette.size;
      if (current === palette.size) palette.set(rgb, current);
      if (current === MOST_PALETTE_ENTRIES) return;
    }
    rows[to + x] = current;
  }
}

/** Differences to the row above: they compress to two thirds of the plain values. */
function rgbRows(pixels: Uint32Array, width: number, height: number): Uint8Array {
  const rows = new Uint8Array(height * (3 * width + 1));
  let above: Uint32Array = new Uint32Array(width);
  for (let y = 0; y < height; y++) {
    const row = pixels.subarray(y * width, (y + 1) * width);
    const to = y * (3 * width + 1);
    rows[to] = y === 0 ? 0 : FILTER_UP;
    subtractRow(row, above, rows, to + 1);
    above = row;
  }
  return rows;
}

function subtractRow(row: Uint32Array, above: Uint32Array, rows: Uint8Array, to: number): void {
  for (let x = 0, at = to; x < row.length; x++, at += 3) {
    const rgb = row[x]!;
    const other = above[x]!;
    rows[at] = (rgb >> 16) - (other >> 16);
    rows[at + 1] = (rgb >> 8) - (other >> 8);
    rows[at + 2] = rgb - other;
  }
}

function rgbaRows(pixels: Uint32Array, alpha: Uint8Array, width: number): Uint8Array {
  const rows = new Uint8Array(4 * pixels.length + pixels.length / width);
  for (let k = 0, at = 0; k < pixels.length; k++) {
    if (k % width === 0) at++; // the filter's type: none
    const rgb = pixels[k]!;
    rows[at++] = rgb >> 16;
    rows[at++] = rgb >> 8;
    rows[at++] = rgb;
    rows[at++] = alpha[k]!;
  }
  return rows;
}

/** How large a pixel is on paper: pixels per metre in both directions. */
function density(dpi: number): Uint8Array {
  const data = new DataView(new ArrayBuffer(9));
  data.setUint32(0, Math.round(dpi / 0.0254));
  data.setUint32(4, Math.round(dpi / 0.0254));
  data.setUint8(8, 1);
  return chunk("pHYs", new Uint8Array(data.buffer));
}

function rgbBytes(colours: readonly number[]): Uint8Array {
  return Uint8Array.from(colours.flatMap((rgb) => [rgb >> 16, (rgb >> 8) & 255, rgb & 255]));
}

function compress(rows: Uint8Array): Uint8Array {
  return deflateSync(rows, { level: 2 });
}

function header(width: number, height: number, colourType: number): Uint8Array {
  const data = new DataView(new ArrayBuffer(13));
  data.setUint32(0, width);
  data.setUint32(4, height);
  data.setUint8(8, 8);
  data.setUint8(9, colourType);
  return chunk("IHDR", new Uint8Array(data.buffer));
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(Buffer.from(type, "latin1"), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}
