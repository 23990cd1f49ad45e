/** The common parts of an array's flat pictures: a framed box with its title and two axes. */
import { drawBottomAxis, drawSideAxis, drawTitle, type Quantity } from "./axes.ts";
import type { Box, Canvas } from "./canvas.ts";
import { drawMissingKey } from "./missing.ts";
import { capHeight } from "./text.ts";
import { FRAME, SCREEN } from "./theme.ts";
import type { AxisTicks } from "./ticks.ts";

export const PAD_PX = 14;

interface FrameAxis {
  readonly of: Quantity;
  readonly ticks: AxisTicks;
}

/** Draws the frame. `y.upwards` puts position 0 at the bottom of the box. */
export function drawPlotFrame(
  canvas: Canvas,
  box: Box,
  title: readonly string[],
  x: FrameAxis,
  y: FrameAxis & { readonly upwards: boolean },
): void {
  canvas.frame(box, FRAME);
  drawTitle(canvas, box, title, box.y - PAD_PX + 2, SCREEN.title);
  drawBottomAxis(canvas, box, x.ticks, x.of, SCREEN);
  drawSideAxis(canvas, box, y.ticks, y.of, SCREEN, { side: "left", upwards: y.upwards });
}

/** Draws the key for holes in the lower corner, ending at `right`. */
export function drawCornerKey(canvas: Canvas, right: number): void {
  drawMissingKey(canvas, right, canvas.height - PAD_PX - capHeight(SCREEN.text) / 2, SCREEN);
}
