import { expect, test } from "vitest";
import { drawFrontiers, type Frontier } from "../../../plots/frontier.ts";
import { Pixels } from "../../helpers/pictures.ts";

const RED = 0xd62728;
const GREEN = 0x2ca02c;
const BLUE = 0x1f77b4;

const frontier = (change: Partial<Frontier> = {}): Frontier => ({
  title: "a job",
  cloud: [
    { seconds: 1, usd: 10 },
    { seconds: 10, usd: 1 },
    { seconds: 100, usd: 100 },
  ],
  front: [
    { seconds: 1, usd: 10 },
    { seconds: 10, usd: 1 },
  ],
  named: [{ name: "", seconds: 10, usd: 1 }],
  free: { name: "", seconds: 1000 },
  ...change,
});

/** The mean place of all pixels of a colour, as a share of the picture. */
function middleOf(pixels: Pixels, colour: number) {
  const places = pixels.all().flatMap((rgb, at) => (rgb === colour ? [at] : []));
  const mean = (of: (at: number) => number) => places.reduce((sum, at) => sum + of(at), 0) / places.length;
  return {
    x: mean((at) => at % pixels.width) / pixels.width,
    y: mean((at) => Math.floor(at / pixels.width)) / pixels.height,
  };
}

test("time grows to the right and cost upwards, by logarithms", () => {
  const pixels = new Pixels(drawFrontiers([frontier()]));
  const [knee, free, front] = [RED, GREEN, BLUE].map((colour) => middleOf(pixels, colour));
  // A third of the way from 1 to 1,000 s, at the bottom; what costs nothing is a line from top to bottom at the right.
  expect(knee!.x).toBeGreaterThan(0.3);
  expect(knee!.x).toBeLessThan(0.5);
  expect(knee!.y).toBeGreaterThan(0.7);
  expect(free!.x).toBeGreaterThan(0.85);
  expect(free!.y).toBeCloseTo(0.45, 1);
  expect(front!.x).toBeLessThan(knee!.x);
  expect(front!.y).toBeLessThan(knee!.y);
});

test("panels lie in pairs, and one whose points are alike is drawn too", () => {
  const one = new Pixels(drawFrontiers([frontier()]));
  const alike = [{ seconds: 2, usd: 3 }];
  const three = new Pixels(
    drawFrontiers([
      frontier(),
      frontier(),
      frontier({ cloud: alike, front: alike, named: [], free: { name: "here", seconds: 2 } }),
    ]),
  );
  expect(three.height).toBe(2 * one.height);
  expect(three.width).toBeGreaterThan(1.9 * one.width);
  expect(three.count(GREEN)).toBeGreaterThan(2 * one.count(GREEN));
});
