import { expect, test } from "vitest";
import { pngMedium } from "../../../plots/canvas.ts";
import { occupancy } from "../../../plots/occupancy.ts";
import type { Timeline } from "../../../plots/picture.ts";
import { SCREEN } from "../../../plots/theme.ts";
import { drawTimeline } from "../../../plots/timeline.ts";
import { Pixels } from "../../helpers/pictures.ts";

const [BUSY, COLD_START] = [0x2f6fb0, 0xf08c1d];
const half: Timeline = {
  title: "half of the time",
  slots: ["a", "b"],
  bars: [
    { slot: 0, startMs: 0, durationMs: 500 },
    { slot: 1, startMs: 500, durationMs: 500 },
  ],
  coldStarts: [{ slot: 1, startMs: 400, durationMs: 100 }],
  workers: 2,
  makespanMs: 1000,
};

test("bars and cold starts take their share of the rows", () => {
  const pixels = new Pixels(drawTimeline(half));
  const cold = pixels.count(COLD_START);
  expect(cold).toBeGreaterThan(1000);
  expect(pixels.count(BUSY) / cold).toBeGreaterThan(9);
  expect(pixels.count(BUSY) / cold).toBeLessThan(11);
});

test("any number of slots gives a picture of bounded size", () => {
  for (const count of [0, 1, 8, 200, 1000, 3000]) {
    const slots = Array.from({ length: count }, (_, k) => `slot ${k}`);
    const bars = slots.map((_, slot) => ({ slot, startMs: slot, durationMs: 100 }));
    const { width, height } = new Pixels(drawTimeline({ ...half, slots, bars, coldStarts: [] }));
    expect(width).toBeLessThan(1300);
    expect(height).toBeLessThan(1300);
  }
});

test("bars thinner than a pixel add up to the pixel's share", () => {
  const bars = Array.from({ length: 1000 }, (_, k) => ({ slot: 0, startMs: k, durationMs: 0.5 }));
  const { shares } = occupancy(bars, 1, 1, 10, 1000);
  for (const share of shares) expect(share).toBeCloseTo(0.5, 3);
});

test("a bar over several pixels covers them, its ends in part", () => {
  const { shares } = occupancy([{ slot: 1, startMs: 15, durationMs: 20 }], 2, 2, 10, 100);
  expect([...shares].map((share) => Math.round(share * 10) / 10)).toEqual([
    ...Array(10).fill(0),
    ...[0, 0.5, 1, 0.5, 0, 0, 0, 0, 0, 0],
  ]);
});

test("bars that end after the makespan or belong to no slot do no harm", () => {
  const bars = [
    { slot: 0, startMs: 900, durationMs: 900 },
    { slot: 7, startMs: 0, durationMs: 10 },
  ];
  expect(new Pixels(drawTimeline({ ...half, bars })).count(BUSY)).toBeGreaterThan(1000);
});

test("the same timeline gives the same bytes", () => {
  expect(drawTimeline(half)).toEqual(drawTimeline(half));
});

test("a page whose size is given is filled, by few workers too and below a long title", () => {
  for (const title of ["short", "a title of many words ".repeat(20)]) {
    const pixels = new Pixels(
      drawTimeline({ ...half, title }, pngMedium(SCREEN, { width: 800, height: 600 })),
    );
    expect([pixels.width, pixels.height]).toEqual([800, 600]);
    expect(pixels.count(BUSY) / (800 * 600)).toBeGreaterThan(title === "short" ? 0.2 : 0.1);
  }
});
