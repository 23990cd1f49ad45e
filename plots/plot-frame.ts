/** The common parts of an array's flat pictures: a framed box with its title and two axes. */
import { drawBottomAxis, drawSideAxis, drawTitle, type Quantity } from "./axes.ts";
import type { Box, Drawing } from "./drawing.ts";
import { drawKeys, type Keys } from "./missing.ts";
import { capHeight } from "./text.ts";
import { FRAME, padOf, type Theme } from "./theme.ts";
import type { AxisTicks } from "./ticks.ts";

interface FrameAxis {
  readonly of: Quantity;
  readonly ticks: AxisTicks;
}

/** Draws the frame. `y.upwards` puts position 0 at the bottom of the box; the keys end at `keys.right`. */
export function drawPlotFrame(
  canvas: Drawing,
  box: Box,
  title: readonly string[],
  x: FrameAxis,
  y: FrameAxis & { readonly upwards: boolean },
  theme: Theme,
  keys: Keys & { readonly right: number } = { missing: false, right: 0 },
): void {
  canvas.frame(box, FRAME, theme.unit);
  const pad = padOf(theme);
  const baseline = Math.round(canvas.height - pad - capHeight(theme.text) / 2);
  const hasKeys = keys.missing || keys.special !== undefined;
  const keyLeft = hasKeys ? drawKeys(canvas, keys, keys.right, baseline, theme) : canvas.width;
  drawTitle(canvas, box, title, box.y - pad + 2 * theme.unit, theme.title);
  drawBottomAxis(canvas, box, x.ticks, x.of, theme, keyLeft);
  drawSideAxis(canvas, box, y.ticks, y.of, theme, { side: "left", upwards: y.upwards });
}
