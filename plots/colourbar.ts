/** The colour bar: which colour stands for which value. */
import { drawSideAxis, sideAxisWidth, ticksDown } from "./axes.ts";
import type { Box, Canvas } from "./canvas.ts";
import { colourAt } from "./colormaps.ts";
import type { ArrayPicture } from "./picture.ts";
import type { ValueScale } from "./scale.ts";
import { FRAME, type Theme } from "./theme.ts";
import type { AxisTicks } from "./ticks.ts";

const BAR_PX = 20;

/** Width in px of a bar of this `height` with its ticks, numbers and title. */
export function colourBarWidth(scale: ValueScale, height: number, theme: Theme): number {
  return BAR_PX * theme.unit + sideAxisWidth(barTicks(scale, height, theme), theme);
}

/** Draws the bar with its lower left corner at (`x`, `y` + `height`), the largest value on top. */
export function drawColourBar(
  canvas: Canvas,
  { x, y, height }: Omit<Box, "width">,
  { scale, table, value }: { scale: ValueScale; table: Uint32Array; value: ArrayPicture["value"] },
  theme: Theme,
): void {
  const box = { x, y, width: BAR_PX * theme.unit, height };
  for (let row = 0; row < height; row++) {
    canvas.fillRect({ ...box, y: y + row, height: 1 }, colourAt(table, 1 - (row + 0.5) / height));
  }
  canvas.frame(box, FRAME, theme.unit);
  const ticks = barTicks(scale, height, theme);
  drawSideAxis(canvas, box, ticks, value, theme, { side: "right", upwards: true });
}

function barTicks(scale: ValueScale, height: number, { text }: Theme): AxisTicks {
  return ticksDown((most) => scale.ticks(most), height, text);
}
