/** Seconds from start to exit on a log axis: a row for each peer, a dot for each job. */
import { Canvas } from "../../plots/canvas.ts";
import { type Colour, mix } from "../../plots/drawing.ts";
import { capHeight, textWidth } from "../../plots/text.ts";
import { FRAME, GRID, INK, LINE, PAPER, PRINT } from "../../plots/theme.ts";
import { PEERS, type Peer } from "./peers.ts";
import { JOBS, type Results, wholeSeconds } from "./tables.ts";

const WIDTH = 1700;
const PLOT = { left: 520, right: 1590, top: 160, rowHeight: 54 };
const RADIUS = 10;
const OURS = 0xd62728;
const TEXT = PRINT.text;

interface Row {
  readonly peer: Peer;
  readonly small: number;
  readonly large: number | undefined;
}

export function drawPeers(results: Results): Uint8Array {
  const rows = PEERS.flatMap((peer): Row[] => {
    const small = wholeSeconds(results.small, peer);
    return small === undefined ? [] : [{ peer, small, large: wholeSeconds(results.large, peer) }];
  }).sort(
    (a, b) =>
      (a.large ?? Number.POSITIVE_INFINITY) - (b.large ?? Number.POSITIVE_INFINITY) || a.small - b.small,
  );
  const bottom = PLOT.top + rows.length * PLOT.rowHeight;
  const canvas = new Canvas(WIDTH, bottom + 70, PAPER);
  const x = logScale(rows.flatMap(({ small, large }) => (large === undefined ? [small] : [small, large])));

  const text = { size: TEXT, colour: INK, align: "left" } as const;
  canvas.text("The same array, from starting the program to its exit", 40, 60, {
    ...text,
    size: PRINT.title,
  });
  legend(canvas, 40, 108);
  rows.forEach(({ peer }, index) => {
    const band = {
      x: 24,
      y: PLOT.top + index * PLOT.rowHeight,
      width: WIDTH - 48,
      height: PLOT.rowHeight,
    };
    if (peer.ours) canvas.fillRect(band, mix(PAPER, OURS, 0.07));
  });
  for (const tick of x.ticks) {
    const at = Math.round(x.at(tick));
    canvas.fillRect({ x: at, y: PLOT.top, width: 2, height: bottom - PLOT.top }, GRID);
    canvas.text(`${tick} s`, at, bottom + 42, { ...text, align: "centre" });
  }
  rows.forEach((row, index) => {
    const middle = PLOT.top + (index + 0.5) * PLOT.rowHeight;
    drawRow(canvas, row, middle, x.at);
  });
  canvas.frame({ x: 2, y: 2, width: canvas.width - 4, height: canvas.height - 4 }, FRAME, 2);
  return canvas.encode();
}

function drawRow(
  canvas: Canvas,
  { peer, small, large }: Row,
  middle: number,
  at: (seconds: number) => number,
) {
  const colour = peer.ours ? OURS : LINE;
  const baseline = middle + capHeight(TEXT) / 2;
  const text = { size: TEXT, colour: INK } as const;
  canvas.text(peer.title, PLOT.left - 110, baseline, { ...text, align: "right" });
  if (large !== undefined) {
    canvas.line({ x: at(small), y: middle }, { x: at(large), y: middle }, mix(PAPER, colour, 0.35), 4);
    dot(canvas, at(large), middle, colour, true);
    canvas.text(seconds(large), at(large) + 22, baseline, { ...text, align: "left" });
  }
  dot(canvas, at(small), middle, colour, false);
  canvas.text(seconds(small), at(small) - 22, baseline, { ...text, align: "right" });
}

function legend(canvas: Canvas, x: number, y: number): void {
  const text = { size: TEXT, colour: INK, align: "left" } as const;
  for (const [job, filled] of [
    ["small", false],
    ["large", true],
  ] as const) {
    dot(canvas, x + RADIUS, y, FRAME, filled);
    const words = `${JOBS[job].points} points`;
    canvas.text(words, x + 34, y + capHeight(TEXT) / 2, text);
    x += 34 + textWidth(words, TEXT) + (filled ? 12 : 40);
  }
  canvas.text("of the Mandelbrot set, 1,000 iterations", x, y + capHeight(TEXT) / 2, text);
}

/** Filled, or a ring. */
function dot(canvas: Canvas, x: number, y: number, colour: Colour, filled: boolean): void {
  canvas.line({ x, y }, { x, y }, colour, 2 * RADIUS);
  if (!filled) canvas.line({ x, y }, { x, y }, PAPER, 2 * RADIUS - 8);
}

/** Two digits that mean something. */
function seconds(value: number): string {
  return value < 10 ? value.toPrecision(2) : value.toFixed(0);
}

/** From the power of ten, or twice or five times it, below the smallest value to the one above the largest. */
function logScale(values: readonly number[]): { ticks: number[]; at: (value: number) => number } {
  const steps = [0.01, 0.1, 1, 10, 100].flatMap((power) =>
    [1, 2, 5].map((times) => Number((times * power).toPrecision(1))),
  );
  const low = steps.findLastIndex((step) => step <= Math.min(...values));
  const high = steps.findIndex((step) => step >= Math.max(...values));
  const ticks = steps.slice(Math.max(low, 0), high < 0 ? steps.length : high + 1);
  const [from, to] = [Math.log(ticks[0] ?? 0.01), Math.log(ticks.at(-1) ?? 100)];
  const width = PLOT.right - PLOT.left;
  return { ticks, at: (value) => PLOT.left + ((Math.log(value) - from) / (to - from)) * width };
}
