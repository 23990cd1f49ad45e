/** Draws a job's life: when each slot computed, started cold, or had nothing to do. */
import {
  bottomAxisHeight,
  drawBottomAxis,
  extraTitleHeight,
  type Quantity,
  ticksAcross,
  titleLines,
} from "./axes.ts";
import { pngMedium } from "./canvas.ts";
import { type Box, type Drawing, type Medium, mix, type Raster } from "./drawing.ts";
import { occupancy } from "./occupancy.ts";
import type { Timeline, TimelineBar } from "./picture.ts";
import { capHeight, fitText, textWidth } from "./text.ts";
import { dots, FRAME, GRID, INK, padOf, type Theme } from "./theme.ts";
import { type AxisTicks, niceTicks, valueTicks } from "./ticks.ts";

const IDLE = 0xe9ecf1;
const BUSY = 0x2f6fb0;
const COLD_START = 0xf08c1d;
const SOFT_INK = 0x5a5f66;
const RULE = 0xc9cdd4;
/** In hundredths of an inch. */
const HEADER = 92;
const PLOT_WIDTH = 980;
const PLOT_HEIGHT = 640;
const TALLEST_LANE = 30;
const WIDEST_NAME = 150;
const MOST_LANES = 1000;
/** Steps between idle and busy, few enough for a palette. */
const SHADES = 32;

/** The timeline as a file, in time linear in its bars. */
export function drawTimeline(timeline: Timeline, medium: Medium = pngMedium()): Uint8Array {
  const { bars, coldStarts } = timeline;
  const { theme, size } = medium;
  const pad = padOf(theme);
  const slots = Math.max(1, timeline.slots.length);
  const lanes = Math.min(slots, MOST_LANES);
  const below = bottomAxisHeight(theme) + pad;
  const header = dots(theme, HEADER);
  // A page that was asked for is filled; its title may take as many lines as it would between the widest names and the edge.
  const narrowest = size ? Math.max(dots(theme, 10), size.width - dots(theme, WIDEST_NAME) - 4 * pad) : 0;
  const most = size
    ? size.height -
      header -
      below -
      extraTitleHeight(titleLines(timeline.title, theme.title, narrowest), theme.title)
    : dots(theme, PLOT_HEIGHT);
  const fitting = Math.max(1, Math.floor(most / lanes));
  const lane = size ? fitting : Math.min(dots(theme, TALLEST_LANE), fitting);
  const names = slotNames(timeline.slots, lanes, lane, theme);
  const endMs = Math.max(timeline.makespanMs, lastEnd(bars), lastEnd(coldStarts)) || 1;

  const namesWidth = Math.ceil(Math.max(0, ...names.map(({ name }) => textWidth(name, theme.text))));
  const left = pad + namesWidth + (lane < theme.text ? 2 * pad : pad);
  const width = Math.max(dots(theme, 10), size ? size.width - left - 2 * pad : dots(theme, PLOT_WIDTH));
  const { ticks, of } = timeAxis(endMs, width, theme);
  const title = titleLines(timeline.title, theme.title, width);
  const box = {
    x: left,
    y: header + extraTitleHeight(title, theme.title),
    width,
    height: lanes * lane,
  };
  const sheet = medium.sheet(
    size?.width ?? left + width + 2 * pad,
    size?.height ?? box.y + box.height + below,
  );

  sheet.image(box, (canvas, at) => drawLanes(canvas, at, timeline, { slots, lanes, endMs }), {
    rows: lanes,
    columns: 1,
  });
  for (const { at } of ticks.marks)
    sheet.fillRect({ ...box, x: box.x + Math.round(at * box.width), width: theme.unit }, FRAME, 0.1);
  sheet.frame(box, GRID, theme.unit);
  sheet.fillRect({ x: box.x, y: box.y + box.height, width: box.width, height: theme.unit }, FRAME);
  drawBottomAxis(sheet, box, ticks, of, theme);
  const text = { size: theme.text, colour: INK };
  for (const { name, at } of names) {
    const baseline = box.y + Math.round((at + 0.5) * lane + capHeight(theme.text) / 2);
    sheet.text(name, box.x - dots(theme, 8), baseline, { ...text, align: "right" });
  }
  if (lane < theme.text) {
    const middle = box.y + box.height / 2;
    sheet.text("slot", pad + capHeight(theme.text), middle, { ...text, align: "centre", upwards: true });
  }
  drawHeader(sheet, box, title, timelineSummary(timeline, endMs), theme);
  return sheet.encode();
}

function drawLanes(
  canvas: Raster,
  box: Box,
  { bars, coldStarts }: Timeline,
  { slots, lanes, endMs }: { readonly slots: number; readonly lanes: number; readonly endMs: number },
): void {
  const lane = Math.floor(box.height / lanes);
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
function drawHeader(sheet: Drawing, box: Box, title: readonly string[], summary: string, theme: Theme): void {
  const legend: [number, string][] = [
    [BUSY, "working"],
    [COLD_START, "cold start"],
    [IDLE, "idle"],
  ];
  const { size, align } = { size: theme.text, align: "right" } as const;
  const pad = padOf(theme);
  let right = box.x + box.width;
  for (const [colour, word] of legend.toReversed()) {
    sheet.text(word, right, box.y - pad, { size, colour: INK, align });
    right = Math.round(right - textWidth(word, size)) - dots(theme, 20);
    const side = dots(theme, 14);
    const swatch = { x: right, y: box.y - pad - dots(theme, 12), width: side, height: side };
    sheet.fillRect(swatch, colour);
    if (colour === IDLE) sheet.frame(swatch, RULE, theme.unit);
    right -= dots(theme, 18);
  }
  for (const k of title.keys()) {
    const y = box.y - dots(theme, 58) - extraTitleHeight(title.slice(k), theme.title);
    sheet.text(title[k]!, box.x, y, { size: theme.title, colour: INK, align: "left" });
  }
  const words = fitText(summary, size, box.width);
  sheet.text(words, box.x, box.y - dots(theme, 36), { size, colour: SOFT_INK, align: "left" });
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
function slotNames(
  slots: readonly string[],
  lanes: number,
  lane: number,
  theme: Theme,
): { name: string; at: number }[] {
  if (lane >= theme.text)
    return slots.map((name, at) => ({ name: fitText(name, theme.text, dots(theme, WIDEST_NAME)), at }));
  const most = Math.max(3, Math.floor((lanes * lane) / dots(theme, 50)));
  return niceTicks(1, slots.length, most).map((number) => ({
    name: String(number),
    at: ((number - 1) * lanes) / slots.length,
  }));
}

function timeAxis(endMs: number, width: number, theme: Theme): { ticks: AxisTicks; of: Quantity } {
  const [unit, unitMs] = endMs < 2000 ? ["ms", 1] : ["s", 1000];
  const make = (most: number) => valueTicks(0, endMs / unitMs, most, (value) => (value * unitMs) / endMs);
  return {
    ticks: ticksAcross(make, width, theme.text),
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
