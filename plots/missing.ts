/** Draws a cell without a computed value: hatched, so that it looks like no colour of a map. */
import type { Box, Canvas, Colour } from "./canvas.ts";
import { capHeight, drawText, textWidth } from "./text.ts";
import { FRAME, INK, type Theme } from "./theme.ts";

const BACKGROUND = 0xe2e2e2;
const STRIPE = 0x9c9c9c;
const PERIOD_PX = 7;
const WORD = "missing";

/** The hatch's colour at a pixel. */
export function hatchAt(x: number, y: number): Colour {
  return (x + y) % PERIOD_PX === 0 ? STRIPE : BACKGROUND;
}

export function fillHatched(canvas: Canvas, { x, y, width, height }: Box): void {
  for (let row = y; row < y + height; row++) {
    for (let column = x; column < x + width; column++) canvas.blend(column, row, hatchAt(column, row), 1);
  }
}

/** Draws a swatch and its word, ending at `right` on the text line with this `baseline`. Returns where they begin. */
export function drawMissingKey(canvas: Canvas, right: number, baseline: number, theme: Theme): number {
  drawText(canvas, WORD, right, baseline, { size: theme.text, colour: INK, align: "right" });
  const side = capHeight(theme.text) + 2 * theme.unit;
  const x = Math.round(right - textWidth(WORD, theme.text)) - side - 6 * theme.unit;
  const box = { x, y: baseline - side + theme.unit, width: side, height: side };
  fillHatched(canvas, box);
  canvas.frame(box, FRAME);
  return x;
}
