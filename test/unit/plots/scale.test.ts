import { expect, test } from "vitest";
import { createScale as scaleOf } from "../../../plots/scale.ts";

const createScale = (values: Float64Array, scale: "auto" | "linear" | "log") =>
  scaleOf(values, { scale, colormap: "viridis" });

/** Like an escape-time array: most cells escape at once, some never do. */
const escapeTimes = Float64Array.from({ length: 1000 }, (_, k) => (k % 5 === 0 ? 1000 : k % 12));

test("auto chooses log for escape-time counts and linear for an even field", () => {
  expect(createScale(escapeTimes, "auto").kind).toBe("log");
  expect(
    createScale(
      Float64Array.from({ length: 1000 }, (_, k) => k),
      "auto",
    ).kind,
  ).toBe("linear");
  expect(createScale(Float64Array.of(0, 1, 0, 1), "auto").kind).toBe("linear");
  expect(
    createScale(
      escapeTimes.map((count) => count - 1),
      "auto",
    ).kind,
  ).toBe("linear");
});

test("a log scale from zero has ticks at 0, 1, 10, 100 and 1000", () => {
  const { ticks } = createScale(escapeTimes, "log");
  expect(ticks(9).marks.map(({ label }) => label)).toEqual(["0", "1", "10", "100", "1000"]);
});

test("both scales run from 0 at the smallest to 1 at the largest value", () => {
  for (const scale of ["linear", "log"] as const) {
    const { position } = createScale(Float64Array.of(-3, 0, 40, 5000), scale);
    const positions = [-3, 0, 40, 5000].map(position);
    expect(positions[0]).toBeCloseTo(0);
    expect(positions[3]).toBeCloseTo(1);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
  }
});

test("a positive range is spaced by decades", () => {
  const { position } = createScale(Float64Array.of(0.01, 100), "log");
  expect([0.1, 1, 10].map(position).map((share) => share.toFixed(6))).toEqual([
    "0.250000",
    "0.500000",
    "0.750000",
  ]);
});

test("holes have no position and do not count for the range", () => {
  const { position } = createScale(Float64Array.of(Number.NaN, 2, 4, Number.POSITIVE_INFINITY), "linear");
  expect(position(Number.NaN)).toBeNaN();
  expect(position(3)).toBe(0.5);
});

test("an array of one value is drawn in the middle of the colours", () => {
  const { position, ticks } = createScale(Float64Array.of(7, 7), "log");
  expect(position(7)).toBe(0.5);
  expect(ticks(5).marks).toEqual([{ at: 0.5, label: "7" }]);
});

const between = (values: readonly number[], given: Partial<Parameters<typeof scaleOf>[1]>) =>
  scaleOf(Float64Array.from(values), { scale: "linear", colormap: "viridis", ...given });

test("limits are the ends of the scale, what lies beyond has their colours, and the scale says so", () => {
  const { position, beyond, ticks } = between([-10, 0, 5, 30], { limits: { low: 0, high: 20 } });
  expect([-10, 0, 5, 20, 30].map(position)).toEqual([0, 0, 0.25, 1, 1]);
  expect(beyond).toEqual({ low: true, high: true });
  expect(ticks(5).marks.map(({ label }) => label)).toEqual(["0", "5", "10", "15", "20"]);
  const open = between([-10, 30], { limits: { low: 0 } });
  expect([open.high, open.beyond.high]).toEqual([30, false]);
});

test("the middle of a diverging map is zero where values have both signs", () => {
  const both = between([-1, 0, 4], { colormap: "rdbu" });
  expect([both.low, both.high, both.position(0)]).toEqual([-4, 4, 0.5]);
  expect(between([1, 3], { colormap: "rdbu" }).low).toBe(1);
  expect(between([-1, 4], { colormap: "rdbu", limits: { low: -2, high: 2 } }).position(0)).toBe(0.5);
});

test("a special value is no end of the scale, as float32 too", () => {
  const special = { value: 0.1, means: "never" };
  const scale = between([0.1, Math.fround(0.1), 2, 4], { special });
  expect([scale.low, scale.high]).toEqual([2, 4]);
  expect([0.1, Math.fround(0.1), 2].map(scale.isSpecial)).toEqual([true, true, false]);
  expect(between([2, Number.NaN], {}).isSpecial(Number.NaN)).toBe(false);
});
