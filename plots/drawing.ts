/** What pictures are drawn on: pixels (canvas.ts), or shapes for a page (vector/vector-drawing.ts). Lengths are the drawing's dots. */
import type { Theme } from "./theme.ts";

/** 0xRRGGBB. */
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

export interface TextStyle {
  /** The em's height, in dots. */
  readonly size: number;
  readonly colour: Colour;
  readonly align: "left" | "centre" | "right";
  /** Turned by 90 degrees to the left: the text runs upwards, `align` along its run. */
  readonly upwards?: boolean;
}

/** Pixels, row by row. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array;
  /** The share of each pixel, 0..255, where something shows through the image. */
  readonly alpha: Uint8Array | undefined;
  fillRect(box: Box, colour: Colour): void;
  /** Lays `colour` over one pixel; `share` 0 leaves it, 1 replaces it. */
  blend(x: number, y: number, colour: Colour, share: number): void;
}

export type Paint = (raster: Raster, box: Box, unit: number) => void;

/** The cells of an image, where it has any: none is split between pixels. */
export interface Cells {
  readonly rows: number;
  readonly columns: number;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** Fills whole dots; clips at the edges. `share` 0 leaves what is there, 1 replaces it. */
  fillRect(box: Box, colour: Colour, share?: number): void;
  /** Draws the outline just outside `box`. */
  frame(box: Box, colour: Colour, thickness?: number): void;
  /** Draws a line with round ends; dot (0, 0) has its centre at (0.5, 0.5). */
  line(from: Point, to: Point, colour: Colour, thickness?: number): void;
  /** Fills a convex polygon; draw its outline for smooth edges. */
  fillConvex(corners: readonly Point[], colour: Colour): void;
  text(text: string, x: number, y: number, style: TextStyle): void;
  /** Has `paint` fill pixels: a canvas' own, or those of an image that lies in `box`. `unit` is a thin line's thickness there. */
  image(box: Box, paint: Paint, cells?: Cells): void;
  /** The picture as a file. */
  encode(): Uint8Array;
}

/** A kind of file, with the sizes of what is drawn in it. */
export interface Medium {
  readonly extension: string;
  readonly theme: Theme;
  /** What a picture is to measure, in dots; without it each has a size of its own. */
  readonly size?: { readonly width: number; readonly height: number } | undefined;
  sheet(width: number, height: number): Drawing;
}

/** `under` where `share` is 0, `over` where it is 1. */
export function mix(under: Colour, over: Colour, share: number): Colour {
  const weight = Math.round(share * 256);
  const red = ((under >> 16) * (256 - weight) + (over >> 16) * weight + 128) >> 8;
  const green = (((under >> 8) & 255) * (256 - weight) + ((over >> 8) & 255) * weight + 128) >> 8;
  const blue = ((under & 255) * (256 - weight) + (over & 255) * weight + 128) >> 8;
  return (red << 16) | (green << 8) | blue;
}
