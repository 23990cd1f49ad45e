/** The colour bar: which colour stands for which value. */
import { drawSideAxis, sideAxisWidth, ticksDown } from "./axes.ts";
import { colourAt } from "./colormaps.ts";
import type { Box, Colour, Drawing } from "./drawing.ts";
import type { ArrayPicture } from "./picture.ts";
import type { ValueScale } from "./scale.ts";
import { dots, FRAME, type Theme } from "./theme.ts";
import type { AxisTicks } from "./ticks.ts";

/** In hundredths of an inch. */
const BAR = 20;

/** Width in dots of a bar of this `height` with its ticks, numbers and title. */
export function colourBarWidth(scale: ValueScale, height: number, theme: Theme): number {
  return dots(theme, BAR) + sideAxisWidth(barTicks(scale, height, theme), theme);
}

/** Draws the bar with its lower left corner at (`x`, `y` + `height`), the largest value on top. */
export function drawColourBar(
  drawing: Drawing,
  { x, y, height }: Omit<Box, "width">,
  { scale, table, value }: { scale: ValueScale; table: Uint32Array; value: ArrayPicture["value"] },
  theme: Theme,
): void {
  const box = { x, y, width: dots(theme, BAR), height };
  drawing.image(
    box,
    (canvas, at) => {
      for (let row = 0; row < at.height; row++) {
        const colour = colourAt(table, 1 - (row + 0.5) / at.height);
        canvas.fillRect({ ...at, y: at.y + row, height: 1 }, colour);
      }
    },
    { rows: table.length, columns: 1 },
  );
  drawing.frame(box, FRAME, theme.unit);
  if (scale.beyond.high) drawTip(drawing, box, y - theme.unit, -1, table.at(-1)!, theme);
  if (scale.beyond.low) drawTip(drawing, box, y + height + theme.unit, 1, table[0]!, theme);
  const ticks = barTicks(scale, height, theme);
  drawSideAxis(drawing, box, ticks, value, theme, { side: "right", upwards: true });
}

/** A point at the bar's end: there are values beyond it, which have its colour. */
function drawTip(
  drawing: Drawing,
  { x, width }: Box,
  base: number,
  towards: 1 | -1,
  colour: Colour,
  theme: Theme,
): void {
  const corners = [
    { x, y: base },
    { x: x + width, y: base },
    { x: x + width / 2, y: base + towards * Math.round(0.6 * width) },
  ];
  drawing.fillConvex(corners, colour);
  drawing.line(corners[0]!, corners[2]!, FRAME, theme.unit);
  drawing.line(corners[1]!, corners[2]!, FRAME, theme.unit);
}

function barTicks(scale: ValueScale, height: number, { text }: Theme): AxisTicks {
  return ticksDown((most) => scale.ticks(most), height, text);
}
