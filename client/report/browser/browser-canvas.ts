/** What pictures are drawn on in a browser: it stands in the place of plots/canvas.ts. */
import {
  type Box,
  type Cells,
  type Colour,
  type Drawing,
  type Medium,
  mix,
  type Paint,
  type Point,
  type Raster,
  type TextStyle,
} from "../../../plots/drawing.ts";
import { type Theme, themeFor } from "../../../plots/theme.ts";
import { FONT } from "./browser-letters.ts";

export interface Look {
  readonly isDark: boolean;
  /** Pixels of the canvas for one of the page. */
  readonly scale: number;
}

/** Dots of a drawing are the canvas's pixels. */
export class Sheet implements Drawing {
  readonly width: number;
  readonly height: number;
  /** Where the plot itself lies: what is framed first. */
  plot: Box | undefined;
  readonly #pen: CanvasRenderingContext2D;
  readonly #look: Look;
  readonly #unit: number;

  constructor(canvas: HTMLCanvasElement, width: number, height: number, look: Look, theme: Theme) {
    [this.width, this.height] = [width, height];
    [canvas.width, canvas.height] = [width, height];
    canvas.style.width = `${width / look.scale}px`;
    this.#pen = canvas.getContext("2d")!;
    this.#look = look;
    this.#unit = theme.unit;
  }

  fillRect({ x, y, width, height }: Box, colour: Colour, share = 1): void {
    this.#pen.globalAlpha = share;
    this.#pen.fillStyle = this.#tone(colour);
    this.#pen.fillRect(x, y, width, height);
    this.#pen.globalAlpha = 1;
  }

  frame(box: Box, colour: Colour, thickness = 1): void {
    this.plot ??= box;
    const { x, y, width, height } = box;
    this.#pen.lineWidth = thickness;
    this.#pen.strokeStyle = this.#tone(colour);
    this.#pen.strokeRect(x - thickness / 2, y - thickness / 2, width + thickness, height + thickness);
  }

  line(from: Point, to: Point, colour: Colour, thickness = 1): void {
    this.#pen.lineCap = "round";
    this.#pen.lineWidth = thickness;
    this.#pen.strokeStyle = this.#tone(colour);
    this.#pen.beginPath();
    this.#pen.moveTo(from.x, from.y);
    this.#pen.lineTo(to.x, to.y);
    this.#pen.stroke();
  }

  fillConvex(corners: readonly Point[], colour: Colour): void {
    this.#pen.fillStyle = this.#tone(colour);
    this.#pen.beginPath();
    for (const { x, y } of corners) this.#pen.lineTo(x, y);
    this.#pen.fill();
  }

  text(text: string, x: number, y: number, { size, colour, align, upwards = false }: TextStyle): void {
    this.#pen.save();
    this.#pen.translate(x, y);
    if (upwards) this.#pen.rotate(-Math.PI / 2);
    this.#pen.font = `${size}px ${FONT}`;
    this.#pen.fillStyle = this.#tone(colour);
    this.#pen.textAlign = align === "centre" ? "center" : align;
    this.#pen.fillText(text, 0, 0);
    this.#pen.restore();
  }

  image(box: Box, paint: Paint, cells?: Cells): void {
    const [width, height] = [Math.max(1, Math.round(box.width)), Math.max(1, Math.round(box.height))];
    const raster = new Pixels(width, height, cells === undefined);
    paint(raster, { x: 0, y: 0, width, height }, this.#unit);
    const picture = document.createElement("canvas");
    [picture.width, picture.height] = [width, height];
    picture.getContext("2d")!.putImageData(raster.toImage(), 0, 0);
    this.#pen.drawImage(picture, box.x, box.y);
  }

  /** The canvas has it. */
  encode(): Uint8Array {
    return new Uint8Array();
  }

  /** In the dark greys are turned over, from the page's paper to its ink; colours stay. */
  #tone(colour: Colour): string {
    const channels = [colour >> 16, (colour >> 8) & 255, colour & 255];
    const isGrey = Math.max(...channels) - Math.min(...channels) < 16;
    const shown =
      this.#look.isDark && isGrey ? channels.map((light) => Math.round(236 - (light * 214) / 255)) : channels;
    return `rgb(${shown.join()})`;
  }
}

class Pixels implements Raster {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array;
  readonly alpha: Uint8Array | undefined;

  constructor(width: number, height: number, isClear: boolean) {
    [this.width, this.height] = [width, height];
    this.pixels = new Uint32Array(width * height);
    this.alpha = isClear ? new Uint8Array(width * height) : undefined;
  }

  fillRect({ x, y, width, height }: Box, colour: Colour): void {
    for (let row = Math.max(0, y); row < Math.min(this.height, y + height); row++)
      this.pixels.fill(colour, row * this.width + x, row * this.width + Math.min(this.width, x + width));
  }

  blend(x: number, y: number, colour: Colour, share: number): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    const at = y * this.width + x;
    this.pixels[at] = mix(this.pixels[at]!, colour, share);
  }

  toImage(): ImageData {
    const image = new ImageData(this.width, this.height);
    const bytes = new DataView(image.data.buffer);
    for (let at = 0; at < this.pixels.length; at++)
      bytes.setUint32(4 * at, this.pixels[at]! * 256 + (this.alpha?.[at] ?? 255));
    return image;
  }
}

/** Draws on that canvas; without a size, in the picture's own. `onSheet` is given what is drawn on. */
export function canvasMedium(
  canvas: HTMLCanvasElement,
  look: Look,
  size?: { readonly width: number; readonly height: number },
  onSheet: (sheet: Sheet) => void = () => {},
): Medium {
  const theme = letters(look, size);
  return {
    extension: "",
    theme,
    size,
    sheet: (width, height) => {
      const sheet = new Sheet(canvas, Math.round(width), Math.round(height), look, theme);
      onSheet(sheet);
      return sheet;
    },
  };
}

/** The least size of letters that is read with ease: 11 pixels of the page. */
const LEAST_DPI = 80;

function letters(
  { scale }: Look,
  size: { readonly width: number; readonly height: number } | undefined,
): Theme {
  const dpi = 100 * scale;
  const whole = themeFor({ width: 8, height: 6 }, dpi);
  if (!size) return whole;
  const own = themeFor({ width: size.width / dpi, height: size.height / dpi }, dpi);
  return own.dpi < LEAST_DPI * scale ? themeFor({ width: 8, height: 6 }, LEAST_DPI * scale) : own;
}

/** Pictures of the page name what they are drawn on. */
export function pngMedium(): Medium {
  throw new Error("Expected a canvas to draw on, got none.");
}
