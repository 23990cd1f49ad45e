/** Cells that have no place on the colour bar, each with a swatch and a word: those without a value, and those with a special one. */
import type { Box, Colour, Drawing, Paint } from "./drawing.ts";
import { capHeight, textWidth } from "./text.ts";
import { dots, FRAME, INK, type Theme } from "./theme.ts";

const BACKGROUND = 0xe2e2e2;
const STRIPE = 0x9c9c9c;
const PERIOD = 7;
/** No colour map has it: their greys are none as dark. */
export const SPECIAL: Colour = 0x808080;

/** What a key tells of: `special` is the word for it. */
export interface Keys {
  readonly missing: boolean;
  readonly special?: string | undefined;
}

/** The hatch's colour at a pixel: a cell without a value looks like no colour of a map. */
export function hatchAt(x: number, y: number, unit = 1): Colour {
  return (x + y) % (PERIOD * unit) < unit ? STRIPE : BACKGROUND;
}

export function fillHatched(drawing: Drawing, box: Box): void {
  const paint: Paint = (canvas, { x, y, width, height }, unit) => {
    for (let row = y; row < y + height; row++) {
      for (let column = x; column < x + width; column++)
        canvas.blend(column, row, hatchAt(column, row, unit), 1);
    }
  };
  // As one cell: nothing under it shows through.
  drawing.image(box, paint, { rows: 1, columns: 1 });
}

/** Draws swatches and their words, ending at `right` on the text line with this `baseline`. Returns where they begin. */
export function drawKeys(
  drawing: Drawing,
  { missing, special }: Keys,
  right: number,
  baseline: number,
  theme: Theme,
): number {
  let end = right;
  for (const word of [...(missing ? [undefined] : []), ...(special ? [special] : [])]) {
    const text = word ?? "missing";
    drawing.text(text, end, baseline, { size: theme.text, colour: INK, align: "right" });
    const side = capHeight(theme.text) + 2 * theme.unit;
    const x = Math.round(end - textWidth(text, theme.text)) - side - dots(theme, 6);
    const box = { x, y: baseline - side + theme.unit, width: side, height: side };
    if (word === undefined) fillHatched(drawing, box);
    else drawing.fillRect(box, SPECIAL);
    drawing.frame(box, FRAME, theme.unit);
    end = x - dots(theme, 18);
  }
  return end;
}
