/** Draws a job's life: when each slot computed, started cold, or had nothing to do. */
import {
  bottomAxisHeight,
  drawBottomAxis,
  extraTitleHeight,
  type Quantity,
  ticksAcross,
  titleLines,
} from "./axes.ts";
import { type Box, Canvas, mix } from "./canvas.ts";
import { occupancy } from "./occupancy.ts";
import type { Timeline, TimelineBar } from "./picture.ts";
import { encodePng } from "./png.ts";
import { capHeight, drawText, fitText, textWidth } from "./text.ts";
import { FRAME, GRID, INK, PAPER, SCREEN } from "./theme.ts";
import { type AxisTicks, niceTicks, valueTicks } from "./ticks.ts";

const IDLE = 0xe9ecf1;
const BUSY = 0x2f6fb0;
const COLD_START = 0xf08c1d;
const SOFT_INK = 0x5a5f66;
const RULE = 0xc9cdd4;
const PAD_PX = 14;
const HEADER_PX = 92;
const PLOT_WIDTH_PX = 980;
const PLOT_HEIGHT_PX = 640;
const TALLEST_LANE_PX = 30;
const MOST_LANES = 1000;
const WIDEST_NAME_PX = 150;
/** Steps between idle and busy, few enough for a palette. */
const SHADES = 32;

/** PNG bytes of the timeline, in time linear in its bars. */
export function drawTimeline(timeline: Timeline): Uint8Array {
  const { bars, coldStarts } = timeline;
  const slots = Math.max(1, timeline.slots.length);
  const lanes = Math.min(slots, MOST_LANES);
  const lane = Math.min(TALLEST_LANE_PX, Math.max(1, Math.floor(PLOT_HEIGHT_PX / lanes)));
  const names = slotNames(timeline.slots, lanes, lane);
  const endMs = Math.max(timeline.makespanMs, lastEnd(bars), lastEnd(coldStarts)) || 1;
  const { ticks, of } = timeAxis(endMs);

  const namesWidth = Math.ceil(Math.max(0, ...names.map(({ name }) => textWidth(name, SCREEN.text))));
  const left = PAD_PX + namesWidth + (lane < SCREEN.text ? 2 * PAD_PX : PAD_PX);
  const title = titleLines(timeline.title, SCREEN.title, PLOT_WIDTH_PX);
  const box = {
    x: left,
    y: HEADER_PX + extraTitleHeight(title, SCREEN.title),
    width: PLOT_WIDTH_PX,
    height: lanes * lane,
  };
  const canvas = new Canvas(
    left + PLOT_WIDTH_PX + 2 * PAD_PX,
    box.y + box.height + bottomAxisHeight(SCREEN) + PAD_PX,
    PAPER,
  );

  drawLanes(canvas, box, timeline, slots, lanes, lane, endMs);
  for (const { at } of ticks.marks) {
    for (let y = box.y; y < box.y + box.height; y++)
      canvas.blend(box.x + Math.round(at * box.width), y, FRAME, 0.1);
  }
  canvas.frame(box, GRID);
  canvas.fillRect({ x: box.x, y: box.y + box.height, width: box.width, height: 1 }, FRAME);
  drawBottomAxis(canvas, box, ticks, of, SCREEN);
  for (const { name, at } of names) {
    const baseline = box.y + Math.round((at + 0.5) * lane + capHeight(SCREEN.text) / 2);
    drawText(canvas, name, box.x - 8, baseline, { size: SCREEN.text, colour: INK, align: "right" });
  }
  if (lane < SCREEN.text) {
    drawText(canvas, "slot", PAD_PX + capHeight(SCREEN.text), box.y + box.height / 2, {
      size: SCREEN.text,
      colour: INK,
      align: "centre",
      upwards: true,
    });
  }
  drawHeader(canvas, box, title, timelineSummary(timeline, endMs));
  return encodePng(canvas.pixels, canvas.width, canvas.height);
}

function drawLanes(
  canvas: Canvas,
  box: Box,
  { bars, coldStarts }: Timeline,
  slots: number,
  lanes: number,
  lane: number,
  endMs: number,
): void {
  const busy = occupancy(bars, slots, lanes, box.width, endMs).shares;
  const cold = occupancy(coldStarts, slots, lanes, box.width, endMs).shares;
  const colours = shades();
  const gap = lane >= 6 ? Math.max(1, Math.round(lane / 6)) : 0;
  for (let k = 0; k < lanes; k++) {
    const row = (box.y + k * lane + (gap >> 1)) * canvas.width + box.x;
    for (let x = 0; x < box.width; x++) {
      const cell = k * box.width + x;
      canvas.pixels[row + x] = colours[shade(cold[cell]!) * (SHADES + 1) + shade(busy[cell]!)]!;
    }
    for (let copy = 1; copy < lane - gap; copy++) {
      canvas.pixels.copyWithin(row + copy * canvas.width, row, row + box.width);
    }
  }
}

/** Title, the figures in words, and the legend to the right of them. */
function drawHeader(canvas: Canvas, box: Box, title: readonly string[], summary: string): void {
  const legend: [number, string][] = [
    [BUSY, "working"],
    [COLD_START, "cold start"],
    [IDLE, "idle"],
  ];
  const { size, align } = { size: SCREEN.text, align: "right" } as const;
  let right = box.x + box.width;
  for (const [colour, word] of legend.toReversed()) {
    drawText(canvas, word, right, box.y - PAD_PX, { size, colour: INK, align });
    right = Math.round(right - textWidth(word, size)) - 20;
    const swatch = { x: right, y: box.y - PAD_PX - 12, width: 14, height: 14 };
    canvas.fillRect(swatch, colour);
    if (colour === IDLE) canvas.frame(swatch, RULE);
    right -= 18;
  }
  for (const k of title.keys()) {
    const y = box.y - 58 - extraTitleHeight(title.slice(k), SCREEN.title);
    drawText(canvas, title[k]!, box.x, y, { size: SCREEN.title, colour: INK, align: "left" });
  }
  drawText(canvas, fitText(summary, size, box.width), box.x, box.y - 36, {
    size,
    colour: SOFT_INK,
    align: "left",
  });
}

/** "400 chunks on 8 workers · 93 % busy · 8 cold starts · done after 12.3 s". */
export function timelineSummary(
  { bars, coldStarts, workers, makespanMs }: Timeline,
  endMs = makespanMs,
): string {
  const busyMs = bars.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const share = busyMs > 0 ? busyMs / (workers * endMs) : 0;
  return [
    `${counted(bars.length, "chunk")} on ${counted(workers, "worker")}`,
    `${Math.round(100 * share)} % busy`,
    counted(coldStarts.length, "cold start"),
    `done after ${makespanMs < 1000 ? `${Math.round(makespanMs)} ms` : `${(makespanMs / 1000).toFixed(makespanMs < 100_000 ? 1 : 0)} s`}`,
  ].join(" · ");
}

/** Not toLocaleString: loading the locale takes longer than drawing the picture. */
function counted(count: number, noun: string): string {
  return `${String(count).replace(/\B(?=(\d{3})+$)/g, ",")} ${noun}${count === 1 ? "" : "s"}`;
}

/** The slots' own names while lanes have room for text, else numbers at round intervals. */
function slotNames(slots: readonly string[], lanes: number, lane: number): { name: string; at: number }[] {
  if (lane >= SCREEN.text)
    return slots.map((name, at) => ({ name: fitText(name, SCREEN.text, WIDEST_NAME_PX), at }));
  const most = Math.max(3, Math.floor((lanes * lane) / 50));
  return niceTicks(1, slots.length, most).map((number) => ({
    name: String(number),
    at: ((number - 1) * lanes) / slots.length,
  }));
}

function timeAxis(endMs: number): { ticks: AxisTicks; of: Quantity } {
  const [unit, unitMs] = endMs < 2000 ? ["ms", 1] : ["s", 1000];
  const make = (most: number) => valueTicks(0, endMs / unitMs, most, (value) => (value * unitMs) / endMs);
  return {
    ticks: ticksAcross(make, PLOT_WIDTH_PX, SCREEN.text),
    of: { name: "time since submission", unit: unit as string },
  };
}

function lastEnd(bars: readonly TimelineBar[]): number {
  let end = 0;
  for (const { startMs, durationMs } of bars) end = Math.max(end, startMs + durationMs);
  return end;
}

/** Colours by share of cold start (outer) and of computing (inner). */
function shades(): Uint32Array {
  const steps = SHADES + 1;
  return Uint32Array.from({ length: steps * steps }, (_, at) =>
    mix(mix(IDLE, BUSY, (at % steps) / SHADES), COLD_START, Math.floor(at / steps) / SHADES),
  );
}

function shade(share: number): number {
  return share <= 0 ? 0 : share >= 1 ? SHADES : Math.round(share * SHADES);
}
