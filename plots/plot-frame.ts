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

/** Draws the frame. `y.upwards` puts position 0 at the bottom of the box; the key for holes, if there is one, ends at `keyAt`. */
export function drawPlotFrame(
  canvas: Canvas,
  box: Box,
  title: readonly string[],
  x: FrameAxis,
  y: FrameAxis & { readonly upwards: boolean },
  keyAt?: number,
): void {
  canvas.frame(box, FRAME);
  const baseline = canvas.height - PAD_PX - capHeight(SCREEN.text) / 2;
  const keyLeft = keyAt === undefined ? canvas.width : drawMissingKey(canvas, keyAt, baseline, SCREEN);
  drawTitle(canvas, box, title, box.y - PAD_PX + 2, SCREEN.title);
  drawBottomAxis(canvas, box, x.ticks, x.of, SCREEN, keyLeft);
  drawSideAxis(canvas, box, y.ticks, y.of, SCREEN, { side: "left", upwards: y.upwards });
}
