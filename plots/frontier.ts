/** Draws what a job could take and cost: a cloud of possibilities, the line that none of them beats, and a few with names. */
import { bottomAxisHeight, sideAxisWidth, ticksAcross, ticksDown, titleLines } from "./axes.ts";
import { Canvas } from "./canvas.ts";
import { type Box, type Colour, type Drawing, mix, type Point } from "./drawing.ts";
import { logScale, logTicks } from "./log-ticks.ts";
import { drawPlotFrame } from "./plot-frame.ts";
import { capHeight, textWidth } from "./text.ts";
import { GRID, INK, LINE, PAPER, padOf, SCREEN } from "./theme.ts";

interface Spot {
  readonly seconds: number;
  readonly usd: number;
}

/** Times and costs are positive. */
export interface Frontier {
  readonly title: string;
  readonly cloud: readonly Spot[];
  /** The fastest first. */
  readonly front: readonly Spot[];
  /** The first one's label stands below it, the others' above. */
  readonly named: readonly (Spot & { readonly name: string })[];
  /** What takes this long and costs nothing, for which a logarithmic axis has no place: a line. */
  readonly free: { readonly name: string; readonly seconds: number };
}

const PAD_PX = padOf(SCREEN);
const SIZE_PX = { width: 520, height: 340 };
const CLOUD = mix(PAPER, INK, 0.22);
const NAMED: Colour = 0xd62728;
const FREE: Colour = 0x2ca02c;
const DASH_PX = 6;
/** What is left free around what is drawn, as a factor: a part of a decade. */
const MARGIN = 10 ** 0.12;

/** PNG bytes of a panel for each, side by side in pairs. */
export function drawFrontiers(frontiers: readonly Frontier[]): Uint8Array {
  const panels = frontiers.map(panelOf);
  const columns = Math.min(2, panels.length);
  const left = Math.max(...panels.map(({ left }) => left));
  const width = left + SIZE_PX.width + 2 * PAD_PX;
  const height = 3 * PAD_PX + SIZE_PX.height + bottomAxisHeight(SCREEN) + PAD_PX;
  const rows = Math.ceil(panels.length / columns);
  const canvas = new Canvas(columns * width + PAD_PX, rows * height, PAPER);
  for (const [k, panel] of panels.entries()) {
    const x = (k % columns) * width + left;
    const y = Math.floor(k / columns) * height + 3 * PAD_PX;
    drawPanel(canvas, { x, y, ...SIZE_PX }, panel);
  }
  return canvas.encode();
}

type Panel = ReturnType<typeof panelOf>;

function panelOf(frontier: Frontier) {
  const { cloud, named, free } = frontier;
  const across = logScale(
    [...cloud, ...named, free].map(({ seconds }) => seconds),
    MARGIN,
  );
  const up = logScale(
    [...cloud, ...named].map(({ usd }) => usd),
    MARGIN,
  );
  const { text } = SCREEN;
  const x = ticksAcross((most) => logTicks(across.low, across.high, most, across.at), SIZE_PX.width, text);
  const y = ticksDown((most) => logTicks(up.low, up.high, most, up.at), SIZE_PX.height, text);
  return { frontier, across, up, x, y, left: PAD_PX + sideAxisWidth(y, SCREEN) };
}

function drawPanel(canvas: Drawing, box: Box, { frontier, across, up, x, y }: Panel): void {
  const place = ({ seconds, usd }: Spot): Point => ({
    x: box.x + across.at(seconds) * box.width,
    y: box.y + (1 - up.at(usd)) * box.height,
  });
  for (const { at } of x.marks)
    canvas.fillRect({ ...box, x: box.x + Math.round(at * box.width), width: 1 }, GRID);
  for (const { at } of y.marks)
    canvas.fillRect({ ...box, y: box.y + Math.round((1 - at) * box.height), height: 1 }, GRID);

  const { cloud, front, named, free, title } = frontier;
  for (const spot of cloud) dot(canvas, place(spot), CLOUD, 2.5);
  drawFree(canvas, box, box.x + across.at(free.seconds) * box.width, free.name);
  const line = front.map(place);
  for (const [k, point] of line.entries()) {
    const next = line[k + 1];
    if (next) canvas.line(point, next, LINE, 1.6);
    dot(canvas, point, LINE, 5);
  }
  for (const [k, spot] of named.entries()) drawNamed(canvas, box, place(spot), spot.name, k === 0);
  drawPlotFrame(
    canvas,
    box,
    titleLines(title, SCREEN.title, box.width + 8 * SCREEN.title).slice(0, 1),
    { of: { name: "time", unit: "s" }, ticks: x },
    { of: { name: "cost", unit: "USD" }, ticks: y, upwards: true },
    SCREEN,
  );
}

/** A dashed line from top to bottom, its name along it. */
function drawFree(canvas: Drawing, box: Box, at: number, name: string): void {
  for (let y = box.y; y < box.y + box.height; y += 2 * DASH_PX)
    canvas.fillRect(
      { x: Math.round(at), y, width: 2, height: Math.min(DASH_PX, box.y + box.height - y) },
      FREE,
    );
  const isRoomy = at + 2 * SCREEN.text < box.x + box.width;
  const beside = isRoomy ? at + 4 + capHeight(SCREEN.text) : at - 4;
  canvas.text(name, beside, box.y + PAD_PX, {
    ...{ size: SCREEN.text, colour: FREE, align: "right", upwards: true },
  });
}

function drawNamed(canvas: Drawing, box: Box, point: Point, name: string, isBelow: boolean): void {
  dot(canvas, point, PAPER, 12);
  dot(canvas, point, NAMED, 9);
  const half = textWidth(name, SCREEN.text) / 2;
  const inside = Math.min(Math.max(point.x + half, box.x + half + PAD_PX), box.x + box.width - half - PAD_PX);
  const below = point.y + PAD_PX + capHeight(SCREEN.text);
  const fitsBelow = below < box.y + box.height;
  const baseline = isBelow && fitsBelow ? below : Math.max(point.y - PAD_PX, box.y + PAD_PX);
  canvas.text(name, inside, baseline, { size: SCREEN.text, colour: NAMED, align: "centre" });
}

const dot = (canvas: Drawing, at: Point, colour: Colour, size: number) => canvas.line(at, at, colour, size);
