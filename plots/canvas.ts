/** A framebuffer of 0xRRGGBB pixels with the few shapes that plots are made of. */

export type Colour = number;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export class Canvas {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array;

  constructor(width: number, height: number, background: Colour) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint32Array(width * height).fill(background);
  }

  /** Fills whole pixels; clips at the canvas. */
  fillRect({ x, y, width, height }: Box, colour: Colour): void {
    const [left, right] = [Math.max(0, x), Math.min(this.width, x + width)];
    for (let row = Math.max(0, y); row < Math.min(this.height, y + height); row++) {
      if (right > left) this.pixels.fill(colour, row * this.width + left, row * this.width + right);
    }
  }

  /** Draws the outline just outside `box`, one rectangle of `thickness` px per side. */
  frame({ x, y, width, height }: Box, colour: Colour, thickness = 1): void {
    const t = thickness;
    this.fillRect({ x: x - t, y: y - t, width: width + 2 * t, height: t }, colour);
    this.fillRect({ x: x - t, y: y + height, width: width + 2 * t, height: t }, colour);
    this.fillRect({ x: x - t, y, width: t, height }, colour);
    this.fillRect({ x: x + width, y, width: t, height }, colour);
  }

  /** Lays `colour` over one pixel; `share` 0 leaves it, 1 replaces it. */
  blend(x: number, y: number, colour: Colour, share: number): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    const at = y * this.width + x;
    this.pixels[at] = mix(this.pixels[at]!, colour, share);
  }

  /** Draws an anti-aliased line with round ends; pixel (0, 0) has its centre at (0.5, 0.5). */
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

  /** Fills a convex polygon by pixel centres; draw its outline for smooth edges. */
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
}

/** `under` where `share` is 0, `over` where it is 1. */
export function mix(under: Colour, over: Colour, share: number): Colour {
  const weight = Math.round(share * 256);
  const red = ((under >> 16) * (256 - weight) + (over >> 16) * weight + 128) >> 8;
  const green = (((under >> 8) & 255) * (256 - weight) + ((over >> 8) & 255) * weight + 128) >> 8;
  const blue = ((under & 255) * (256 - weight) + (over & 255) * weight + 128) >> 8;
  return (red << 16) | (green << 8) | blue;
}

/** From a point to the stretch from the origin to [dx, dy] of that length. */
function distance(x: number, y: number, dx: number, dy: number, length: number): number {
  const along = length === 0 ? 0 : (x * dx + y * dy) / (length * length);
  const nearest = along < 0 ? 0 : along > 1 ? 1 : along;
  const beside = x - nearest * dx;
  const above = y - nearest * dy;
  return Math.sqrt(beside * beside + above * above);
}
