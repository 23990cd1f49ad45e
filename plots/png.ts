/** Encodes pixels as a PNG file (PNG specification, third edition: https://www.w3.org/TR/png-3/). */
import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const TRUECOLOUR = 2;
const PALETTE = 3;
const FILTER_UP = 2;
const MOST_PALETTE_ENTRIES = 256;

/** PNG bytes of `width` x `height` pixels given as 0xRRGGBB: with a palette if 256 colours are enough, else as RGB. */
export function encodePng(pixels: Uint32Array, width: number, height: number): Uint8Array {
  const few = indexed(pixels, width, height);
  const chunks = few
    ? [
        header(width, height, PALETTE),
        chunk("PLTE", rgbBytes(few.palette)),
        chunk("IDAT", compress(few.rows)),
      ]
    : [header(width, height, TRUECOLOUR), chunk("IDAT", compress(rgbRows(pixels, width, height)))];
  return Buffer.concat([SIGNATURE, ...chunks, chunk("IEND", new Uint8Array(0))]);
}

/** Colours in order of appearance and the pixels as indices into them, or undefined if there are too many. */
function indexed(
  pixels: Uint32Array,
  width: number,
  height: number,
): { palette: number[]; rows: Uint8Array } | undefined {
  const index = new Map<number, number>();
  const palette: number[] = [];
  // Each row starts with its filter type: 0 (none), since neighbouring indices mean nothing as numbers.
  const rows = new Uint8Array(height * (width + 1));
  let previous = -1;
  let current = 0;
  for (let y = 0, from = 0, to = 0; y < height; y++) {
    to++;
    for (let x = 0; x < width; x++) {
      const rgb = pixels[from++]!;
      if (rgb !== previous) {
        previous = rgb;
        current = index.get(rgb) ?? palette.length;
        if (current === MOST_PALETTE_ENTRIES) return undefined;
        if (current === palette.length) {
          index.set(rgb, current);
          palette.push(rgb);
        }
      }
      rows[to++] = current;
    }
  }
  return { palette, rows };
}

/** Differences to the row above: they compress to two thirds of the plain values. */
function rgbRows(pixels: Uint32Array, width: number, height: number): Uint8Array {
  const rows = new Uint8Array(height * (3 * width + 1));
  for (let y = 0, from = 0, to = 0; y < height; y++) {
    rows[to++] = y === 0 ? 0 : FILTER_UP;
    for (let x = 0; x < width; x++) {
      const rgb = pixels[from]!;
      const above = y === 0 ? 0 : pixels[from - width]!;
      rows[to] = (rgb >> 16) - (above >> 16);
      rows[to + 1] = (rgb >> 8) - (above >> 8);
      rows[to + 2] = rgb - above;
      from++;
      to += 3;
    }
  }
  return rows;
}

function rgbBytes(colours: readonly number[]): Uint8Array {
  return Uint8Array.from(colours.flatMap((rgb) => [rgb >> 16, (rgb >> 8) & 255, rgb & 255]));
}

function compress(rows: Uint8Array): Uint8Array {
  return deflateSync(rows, { level: 3 });
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
