import fc from "fast-check";
import { expect, test } from "vitest";
import { labelTicks, niceTicks } from "../../../plots/ticks.ts";

const number = fc.double({ min: -1e9, max: 1e9, noNaN: true });
const size = fc.double({ min: 1e-2, max: 1e9, noNaN: true });

test("ticks lie within the range, ascend, and are between 1 and as many as asked for", () => {
  fc.assert(
    fc.property(number, size, fc.integer({ min: 3, max: 12 }), (from, span, most) => {
      const to = from + span;
      const ticks = niceTicks(from, to, most);
      expect(ticks.length).toBeGreaterThanOrEqual(1);
      expect(ticks.length).toBeLessThanOrEqual(most);
      expect(ticks.every((tick) => tick >= from - span * 1e-3 && tick <= to + span * 1e-3)).toBe(true);
      expect(ticks).toEqual([...ticks].sort((a, b) => a - b));
    }),
  );
});

test("steps are 1, 2 or 5 times a power of ten", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e3, max: 1e3, noNaN: true }),
      fc.double({ min: 0.1, max: 1e3, noNaN: true }),
      (from, span) => {
        const [first, second] = niceTicks(from, from + span, 6);
        if (first === undefined || second === undefined) return;
        const mantissa = Number((second - first).toExponential(6).split("e")[0]);
        expect([1, 2, 5]).toContain(mantissa);
      },
    ),
  );
});

test("an axis may run downwards, and a single point is its own tick", () => {
  expect(niceTicks(1.3, -1.3, 6)).toEqual([-1, -0.5, 0, 0.5, 1]);
  expect(niceTicks(2.5, 2.5, 6)).toEqual([2.5]);
  expect(labelTicks([2.25])).toEqual({ labels: ["2.25"], note: "" });
});

test("numbers have the step's decimals and a real minus", () => {
  expect(labelTicks([-1, -0.5, 0, 0.5]).labels).toEqual(["−1.0", "−0.5", "0.0", "0.5"]);
  expect(labelTicks([0, 100, 200]).labels).toEqual(["0", "100", "200"]);
});

test("very large and very small numbers share a power of ten", () => {
  expect(labelTicks([0, 2e9, 4e9])).toEqual({ labels: ["0", "2", "4"], note: "×10⁹" });
  expect(labelTicks([0, 5e-6, 1e-5, 1.5e-5])).toEqual({
    labels: ["0.0", "0.5", "1.0", "1.5"],
    note: "×10⁻⁵",
  });
});

test("ticks deep in a zoom share the digits they begin with", () => {
  const { labels, note } = labelTicks([0.250_000_01, 0.250_000_02, 0.250_000_03]);
  expect(note).toBe("×10⁻⁸ + 0.25");
  expect(labels).toEqual(["1", "2", "3"]);
});
