/** Collects a picture's shapes for a page: an SVG or a PDF file is written from them. Only the command line loads this folder. */
import { Canvas } from "../canvas.ts";
import type { Box, Cells, Colour, Drawing, Medium, Paint, Point, Raster, TextStyle } from "../drawing.ts";
import { PAPER, themeAt, themeFor } from "../theme.ts";

/** A page's places are whole dots, of which there are enough that none is seen beside its place. */
const DPI = 1200;

export type Shape =
  | { readonly kind: "box"; readonly box: Box; readonly colour: Colour; readonly share: number }
  | { readonly kind: "polygon"; readonly corners: readonly Point[]; readonly colour: Colour }
  | {
      readonly kind: "line";
      readonly points: Point[];
      readonly colour: Colour;
      readonly thickness: number;
    }
  | {
      readonly kind: "text";
      readonly text: string;
      readonly at: Point;
      readonly style: TextStyle;
    }
  | { readonly kind: "image"; readonly box: Box; readonly raster: Raster };

export interface Page {
  /** In points, 72 to an inch, as all that is drawn once it is multiplied by `scale`. */
  readonly width: number;
  readonly height: number;
  readonly scale: number;
  readonly shapes: readonly Shape[];
}

export interface PageOptions {
  readonly extension: string;
  /** What a page's images have at least: its surface, and its cells. */
  readonly imageDpi: number;
  /** What the page is to measure, in inches. */
  readonly size?: { readonly width: number; readonly height: number } | undefined;
  readonly write: (page: Page) => Uint8Array;
}

export function pageMedium({ extension, imageDpi, size, write }: PageOptions): Medium {
  return {
    extension,
    theme: size ? themeFor(size, DPI) : themeAt(DPI),
    size: size && { width: Math.round(size.width * DPI), height: Math.round(size.height * DPI) },
    sheet: (width, height) => new VectorDrawing(width, height, imageDpi, write),
  };
}

class VectorDrawing implements Drawing {
  readonly width: number;
  readonly height: number;
  readonly #imageDpi: number;
  readonly #write: PageOptions["write"];
  readonly #shapes: Shape[] = [];

  constructor(width: number, height: number, imageDpi: number, write: PageOptions["write"]) {
    this.width = width;
    this.height = height;
    this.#imageDpi = imageDpi;
    this.#write = write;
  }

  fillRect(box: Box, colour: Colour, share = 1): void {
    this.#shapes.push({ kind: "box", box, colour, share });
  }

  frame({ x, y, width, height }: Box, colour: Colour, thickness = 1): void {
    const t = thickness;
    this.fillRect({ x: x - t, y: y - t, width: width + 2 * t, height: t }, colour);
    this.fillRect({ x: x - t, y: y + height, width: width + 2 * t, height: t }, colour);
    this.fillRect({ x: x - t, y, width: t, height }, colour);
    this.fillRect({ x: x + width, y, width: t, height }, colour);
  }

  /** Lines that go on from each other are one. */
  line(from: Point, to: Point, colour: Colour, thickness = 1): void {
    const last = this.#shapes.at(-1);
    const end = last?.kind === "line" ? last.points.at(-1) : undefined;
    if (
      last?.kind === "line" &&
      last.colour === colour &&
      last.thickness === thickness &&
      end?.x === from.x &&
      end.y === from.y
    )
      last.points.push(to);
    else this.#shapes.push({ kind: "line", points: [from, to], colour, thickness });
  }

  fillConvex(corners: readonly Point[], colour: Colour): void {
    this.#shapes.push({ kind: "polygon", corners, colour });
  }

  text(text: string, x: number, y: number, style: TextStyle): void {
    if (text !== "") this.#shapes.push({ kind: "text", text, at: { x, y }, style });
  }

  /** As many pixels to an inch as asked for, a whole number of them to each cell. */
  image(box: Box, paint: Paint, cells?: Cells): void {
    const share = this.#imageDpi / DPI;
    const pixels = (length: number, of = 1) => of * Math.max(1, Math.ceil((length * share) / of));
    const [width, height] = [pixels(box.width, cells?.columns), pixels(box.height, cells?.rows)];
    const raster = new Canvas(width, height, PAPER, { isClear: cells === undefined });
    paint(raster, { x: 0, y: 0, width, height }, Math.max(1, Math.round(this.#imageDpi / 100)));
    this.#shapes.push({ kind: "image", box, raster });
  }

  encode(): Uint8Array {
    const scale = 72 / DPI;
    return this.#write({
      width: this.width * scale,
      height: this.height * scale,
      scale,
      shapes: this.#shapes,
    });
  }
}
