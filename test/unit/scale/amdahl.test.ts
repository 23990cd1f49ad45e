import { expect, test } from "vitest";
import { seededRandom } from "../../../client/local/seeded-random.ts";
import {
  amdahlSpeedUp,
  fitAmdahl,
  gustafsonSpeedUp,
  karpFlatt,
  studentT,
} from "../../../client/scale/amdahl.ts";

/** Times by the law, each with a relative error. */
function runs(serial: number, widths: readonly number[], repeats: number, error: () => number) {
  return widths.flatMap((workers) =>
    Array.from({ length: repeats }, () => ({
      workers,
      seconds: (10 / amdahlSpeedUp(serial, workers)) * (1 + error()),
    })),
  );
}

test.each([0, 0.05, 0.2, 0.7, 1])("times by the law give its serial fraction %d back", (serial) => {
  const fit = fitAmdahl(
    runs(serial, [1, 2, 4, 8], 3, () => 0),
    8,
  );
  expect(fit?.serial).toBeCloseTo(serial, 12);
  expect(fit?.secondsAlone).toBeCloseTo(10, 12);
  expect(fit?.interval?.[0]).toBeCloseTo(serial, 6);
  expect(fit?.interval?.[1]).toBeCloseTo(serial, 6);
});

test("the interval has the true fraction in it as often as it says", () => {
  const random = seededRandom(7);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let inside = 0;
  for (let trial = 0; trial < 1000; trial++) {
    const fit = fitAmdahl(
      runs(0.2, [1, 2, 4], 3, () => 0.03 * normal()),
      4,
    );
    const [low, high] = fit?.interval ?? [1, 0];
    if (low <= 0.2 && 0.2 <= high) inside++;
  }
  expect(inside).toBeGreaterThan(920);
  expect(inside).toBeLessThan(980);
});

test("widths beyond the cores are left out of the fit, and one width is none", () => {
  const beyond = [...runs(0.1, [1, 2], 2, () => 0), { workers: 32, seconds: 10 }];
  expect(fitAmdahl(beyond, 2)).toMatchObject({ serial: expect.closeTo(0.1, 12), widths: [1, 2] });
  expect(fitAmdahl(beyond, 1)).toBeUndefined();
});

test("a run each says no interval, and more than linear is no negative fraction", () => {
  const one = [
    { workers: 1, seconds: 10 },
    { workers: 2, seconds: 4 },
  ];
  expect(fitAmdahl(one, 2)).toEqual({ serial: 0, secondsAlone: expect.closeTo(10, 12), widths: [1, 2] });
});

test("the laws of Amdahl and Gustafson, and what Karp and Flatt read from a speed-up", () => {
  expect(amdahlSpeedUp(0.1, 1)).toBe(1);
  expect(amdahlSpeedUp(0.1, 10)).toBeCloseTo(1 / 0.19, 12);
  expect(amdahlSpeedUp(0.1, 1e9)).toBeCloseTo(10, 6);
  // Gustafson's own example: a serial share of 0.4 to 0.8 % of the time on 1024 processors.
  expect(gustafsonSpeedUp(0.004, 1024)).toBeCloseTo(1024 - 0.004 * 1023, 6);
  expect(gustafsonSpeedUp(0.1, 1)).toBe(1);
  expect(gustafsonSpeedUp(0.1, 10)).toBeCloseTo(9.1, 12); // the same job is 5.3 times as fast
  expect(karpFlatt(1, 1)).toBeUndefined();
  for (const workers of [2, 8, 1024])
    expect(karpFlatt(amdahlSpeedUp(0.03, workers), workers)).toBeCloseTo(0.03, 12);
  expect(karpFlatt(2.5, 2)).toBeLessThan(0);
});

test.each([
  [1, 12.706],
  [4, 2.776],
  [11, 2.201],
  [20, 2.086],
  [60, 2.0],
])("Student's t at %d degrees of freedom", (freedom, t) => {
  expect(Math.abs(studentT(freedom) - t)).toBeLessThan(0.004);
});
