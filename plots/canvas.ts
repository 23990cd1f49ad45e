/** A framebuffer of 0xRRGGBB pixels with the few shapes that plots are made of. */
import {
  type Box,
  type Colour,
  type Drawing,
  type Medium,
  mix,
  type Paint,
  type Point,
  type Raster,
  type TextStyle,
} from "./drawing.ts";
import { encodePng } from "./png.ts";
import { FULL } from "./rasterise.ts";
import { bitmapsOf, startOf } from "./text.ts";
import { PAPER, SCREEN, type Theme } from "./theme.ts";

interface CanvasOptions {
  readonly theme?: Theme;
  /** What the file says of its pixels' size. */
  readonly dpi?: number;
  /** Whether what lies under the image shows through. */
  readonly isClear?: boolean;
}

export class Canvas implements Drawing, Raster {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array;
  readonly alpha: Uint8Array | undefined;
  readonly #theme: Theme;
  readonly #dpi: number;

  constructor(width: number, height: number, background: Colour, options: CanvasOptions = {}) {
    const { theme = SCREEN, isClear = false } = options;
    const { dpi = theme.dpi } = options;
    this.width = width;
    this.height = height;
    this.pixels = new Uint32Array(width * height).fill(background);
    this.alpha = isClear ? new Uint8Array(width * height) : undefined;
    this.#theme = theme;
    this.#dpi = dpi;
  }

  fillRect({ x, y, width, height }: Box, colour: Colour, share = 1): void {
    const [left, right] = [Math.max(0, x), Math.min(this.width, x + width)];
    for (let row = Math.max(0, y); row < Math.min(this.height, y + height); row++) {
      if (share < 1) for (let column = left; column < right; column++) this.blend(column, row, colour, share);
      else if (right > left) this.pixels.fill(colour, row * this.width + left, row * this.width + right);
    }
  }

  /** One rectangle of `thickness` px per side. */
  frame({ x, y, width, height }: Box, colour: Colour, thickness = 1): void {
    const t = thickness;
    this.fillRect({ x: x - t, y: y - t, width: width + 2 * t, height: t }, colour);
    this.fillRect({ x: x - t, y: y + height, width: width + 2 * t, height: t }, colour);
    this.fillRect({ x: x - t, y, width: t, height }, colour);
    this.fillRect({ x: x + width, y, width: t, height }, colour);
  }

  blend(x: number, y: number, colour: Colour, share: number): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    const at = y * this.width + x;
    this.pixels[at] = mix(this.pixels[at]!, colour, share);
  }

  /** Anti-aliased. */
  line(from: Point, to: Point, colour: Colour, thickness = 1): void {
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const steep = Math.abs(dy) > Math.abs(dx);
    const length = Math.hypot(dx, dy);
    const slope = length === 0 ? 0 : steep ? dx / dy : dy / dx;
    const [start, end] = steep ? [from.y, to.y] : [from.x, to.x];
    const origin = steep ? from.x - slope * from.y : from.y - slope * from.x;
    const reach = (thickness / 2 + 0.5) * Math.sqrt(1 + slope * slope);
    const [first, last] = [Math.min(start, end) - reach, Math.max(start, end) + reach];
    for (let major = Math.floor(first); major < last; major++) {
      const centre = origin + slope * (major + 0.5);
      for (let minor = Math.floor(centre - reach - 0.5); minor < centre + reach + 0.5; minor++) {
        // No pair to take apart: the array of each pixel would be most of what a picture allocates.
        const x = steep ? minor : major;
        const y = steep ? major : minor;
        const share = thickness / 2 + 0.5 - distance(x + 0.5 - from.x, y + 0.5 - from.y, dx, dy, length);
        if (share > 0) this.blend(x, y, colour, Math.min(1, share));
      }
    }
  }

  /** By pixel centres. */
  fillConvex(corners: readonly Point[], colour: Colour): void {
    const ys = corners.map(({ y }) => y);
    for (let row = Math.ceil(Math.min(...ys) - 0.5); row + 0.5 < Math.max(...ys); row++) {
      const crossings = corners.flatMap((a, at) => {
        const b = corners[(at + 1) % corners.length]!;
        const y = row + 0.5;
        return a.y <= y !== b.y <= y ? [a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x)] : [];
      });
      const left = Math.ceil(Math.min(...crossings) - 0.5);
      const right = Math.ceil(Math.max(...crossings) - 0.5);
      this.fillRect({ x: left, y: row, width: right - left, height: 1 }, colour);
    }
  }

  text(text: string, x: number, y: number, style: TextStyle): void {
    let along = startOf(text, style);
    for (const { advance, bitmap } of bitmapsOf(text, style.size)) {
      const run = Math.round(along) + bitmap.left;
      for (let at = 0; at < bitmap.alpha.length; at++) {
        const share = bitmap.alpha[at]! / FULL;
        if (share === 0) continue;
        const gx = run + (at % bitmap.width);
        const gy = bitmap.top + Math.floor(at / bitmap.width);
        if (style.upwards) this.blend(Math.round(x) + gy, Math.round(y) - 1 - gx, style.colour, share);
        else this.blend(Math.round(x) + gx, Math.round(y) + gy, style.colour, share);
      }
      along += advance;
    }
  }

  image(box: Box, paint: Paint): void {
    paint(this, box, this.#theme.unit);
  }

  encode(): Uint8Array {
    return encodePng(this.pixels, this.width, this.height, this.#dpi, this.alpha);
  }
}

/** PNG files, by default of a screen's size. */
export const pngMedium = (theme: Theme = SCREEN, size?: Medium["size"], dpi = theme.dpi): Medium => ({
  extension: "png",
  theme,
  size,
  sheet: (width, height) => new Canvas(width, height, PAPER, { theme, dpi }),
});

/** From a point to the stretch from the origin to [dx, dy] of that length. */
function distance(x: number, y: number, dx: number, dy: number, length: number): number {
  const along = length === 0 ? 0 : (x * dx + y * dy) / (length * length);
  const nearest = along < 0 ? 0 : along > 1 ? 1 : along;
  const beside = x - nearest * dx;
  const above = y - nearest * dy;
  return Math.sqrt(beside * beside + above * above);
}
