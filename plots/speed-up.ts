/** Draws how many times as fast a job is on more workers, beside what laws say of it. */
import { bottomAxisHeight, sideAxisWidth, ticksAcross, ticksDown, titleLines } from "./axes.ts";
import { Canvas } from "./canvas.ts";
import type { Box, Colour, Drawing, Point } from "./drawing.ts";
import { logScale, logTicks } from "./log-ticks.ts";
import { drawPlotFrame } from "./plot-frame.ts";
import { capHeight, textWidth } from "./text.ts";
import { FRAME, GRID, LINE, PAPER, padOf, SCREEN } from "./theme.ts";

/** Numbers of workers and speed-ups are positive. */
export interface SpeedUps {
  readonly title: string;
  readonly measured: readonly { readonly workers: number; readonly speedUp: number }[];
  /** Drawn as dots of their own colour, with their names, from the widest measured on. */
  readonly models?: readonly {
    readonly name: string;
    readonly points: readonly { readonly workers: number; readonly speedUp: number }[];
  }[];
  /** Lines with their names, from the fewest workers to the most. */
  readonly laws: readonly { readonly name: string; readonly at: (workers: number) => number }[];
}

const PAD_PX = padOf(SCREEN);
const SIZE_PX = { width: 520, height: 340 };
const LAWS: readonly Colour[] = [0xd62728, 0x2ca02c, 0x9467bd];
const MODELS: readonly Colour[] = [0xff7f0e, 0x8c564b];
const STEPS = 60;
/** What is left free around the points, as a factor. */
const MARGIN = 1.25;

/** PNG bytes; both axes are logarithmic, so that twice as fast on twice the workers is a straight line. */
export function drawSpeedUps({ title, measured, laws, models = [] }: SpeedUps): Uint8Array {
  const all = [...measured, ...models.flatMap(({ points }) => points)];
  const widths = all.map(({ workers }) => workers);
  const [fewest, most] = [Math.min(...widths), Math.max(...widths)];
  const steps = Array.from({ length: STEPS + 1 }, (_, k) => fewest * (most / fewest) ** (k / STEPS));
  const lines = [{ name: "linear", at: (workers: number) => workers }, ...laws];
  const ends = lines.flatMap(({ at }) => [at(fewest), at(most)]);
  const across = logScale([fewest, most], MARGIN);
  const up = logScale([...ends, ...all.map(({ speedUp }) => speedUp)], MARGIN);
  const { text } = SCREEN;
  const x = ticksAcross((count) => logTicks(across.low, across.high, count, across.at), SIZE_PX.width, text);
  const y = ticksDown((count) => logTicks(up.low, up.high, count, up.at), SIZE_PX.height, text);
  const left = PAD_PX + sideAxisWidth(y, SCREEN);
  const box = { x: left, y: 3 * PAD_PX, ...SIZE_PX };
  const beside = Math.max(...[...lines, ...models].map(({ name }) => textWidth(name, text)));
  const width = left + SIZE_PX.width + beside + 2 * PAD_PX;
  const canvas = new Canvas(width, box.y + box.height + bottomAxisHeight(SCREEN) + PAD_PX, PAPER);
  for (const { at } of x.marks)
    canvas.fillRect({ ...box, x: box.x + Math.round(at * box.width), width: 1 }, GRID);
  for (const { at } of y.marks)
    canvas.fillRect({ ...box, y: box.y + Math.round((1 - at) * box.height), height: 1 }, GRID);

  const place = (workers: number, speedUp: number): Point => ({
    x: box.x + across.at(workers) * box.width,
    y: box.y + (1 - up.at(speedUp)) * box.height,
  });
  const colours = lines.map((_, k) => (k === 0 ? FRAME : (LAWS[k - 1] ?? FRAME)));
  for (const [k, { at }] of lines.entries())
    polyline(
      canvas,
      steps.map((workers) => place(workers, at(workers))),
      colours[k]!,
      1.2,
    );
  const modelled = models.map(({ name, points }, k) => ({
    name,
    points: points.map(({ workers, speedUp }) => place(workers, speedUp)),
    colour: MODELS[k] ?? FRAME,
  }));
  nameLines(canvas, box, [
    ...lines.map(({ name, at }, k) => ({ name, y: place(most, at(most)).y, colour: colours[k]! })),
    ...modelled.map(({ name, points: dots, colour }) => ({ name, y: dots.at(-1)?.y ?? box.y, colour })),
  ]);
  for (const { points: dots, colour } of modelled) {
    polyline(canvas, dots, colour, 1);
    for (const dot of dots) canvas.line(dot, dot, colour, 5);
  }
  const points = measured.map(({ workers, speedUp }) => place(workers, speedUp));
  polyline(canvas, points, LINE, 1.6);
  for (const point of points) canvas.line(point, point, LINE, 7);
  drawPlotFrame(
    canvas,
    box,
    titleLines(title, SCREEN.title, width).slice(0, 1),
    { of: { name: "workers", unit: "" }, ticks: x },
    { of: { name: "speed-up", unit: "" }, ticks: y, upwards: true },
    SCREEN,
  );
  return canvas.encode();
}

function polyline(canvas: Drawing, points: readonly Point[], colour: Colour, width: number): void {
  for (const [k, point] of points.entries()) {
    const next = points[k + 1];
    if (next) canvas.line(point, next, colour, width);
  }
}

/** Beside their ends, at a distance from each other, and not below the box. */
function nameLines(
  canvas: Drawing,
  box: Box,
  names: readonly { readonly name: string; readonly y: number; readonly colour: Colour }[],
): void {
  const { text } = SCREEN;
  const apart = text / 2 + capHeight(text);
  const sorted = names.toSorted((a, b) => a.y - b.y);
  let free = box.y;
  const baselines = sorted.map(({ y }) => {
    const baseline = Math.max(y + capHeight(text) / 2, free + capHeight(text));
    free = baseline + text / 2;
    return baseline;
  });
  for (const [k, { name, colour }] of sorted.entries()) {
    const lowest = box.y + box.height - apart * (sorted.length - 1 - k);
    const at = Math.min(baselines[k]!, lowest);
    canvas.text(name, box.x + box.width + PAD_PX / 2, at, { size: text, colour, align: "left" });
  }
}
