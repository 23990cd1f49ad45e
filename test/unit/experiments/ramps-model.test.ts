import { expect, test } from "vitest";
import {
  ASSUMED,
  atOnce,
  burst,
  fullAt,
  jobOf,
  mapping,
  provisioned,
  runJob,
  type Way,
  widthsAt,
} from "../../../experiments/ramps/model.ts";

const cold = ASSUMED.coldStartSeconds;
const widthOf = (way: Way, workers: number, seconds: number, messages = 4000) =>
  widthsAt([seconds], { workers, messages, workSeconds: 10 * messages }, way)[0];

test("the mapping has five workers after a cold start, five more each second, and never more than a thousand", () => {
  expect(widthOf(mapping, 1000, cold - 0.01)).toBe(0);
  expect(widthOf(mapping, 1000, cold)).toBe(5);
  expect(widthOf(mapping, 1000, cold + 1)).toBe(10);
  expect(widthOf(mapping, 1000, cold + 60)).toBe(305);
  expect(fullAt(1, { workers: 1000, messages: 4000, workSeconds: 40_000 }, mapping)).toBeCloseTo(199 + cold);
  expect(widthOf(mapping, 10_000, 1e6)).toBe(1000);
});

test("a burst has its four fifths as soon as the splitter has asked for them", () => {
  const start = { workers: 1000, messages: 4000, workSeconds: 40_000 };
  const asked = 4000 / 3200 + 800 / 500;
  expect(fullAt(0.8, start, burst)).toBeLessThan(asked + cold + 0.2);
  expect(fullAt(0.8, start, burst)).toBeGreaterThan(asked);
  // The last fifth is the mapping's.
  expect(fullAt(1, start, burst)).toBeCloseTo(39 + cold);
});

test("Lambda starts a thousand environments at once and a hundred a second more, however they are asked for", () => {
  const start = { workers: 10_000, messages: 4000, workSeconds: 40_000 };
  for (const way of [burst, provisioned]) {
    const beyond = widthsAt([30], start, way)[0]! - widthOf(mapping, 1000, 30)!;
    expect(beyond).toBeLessThanOrEqual(1000 + 100 * 30);
  }
  expect(fullAt(0.8, start, burst)).toBeGreaterThan(60);
});

test("pollers that are ready serve ten workers each, and grow by a thousand a minute", () => {
  expect(widthOf(provisioned, 1000, cold)).toBe(100);
  expect(widthOf(provisioned, 1000, cold + 30)).toBe(600);
  expect(widthOf(provisioned, 100, cold)).toBe(20);
});

test("no way has more workers than the fleet, and none loses any in time", () => {
  const times = Array.from({ length: 100 }, (_, k) => k * 3);
  for (const way of [atOnce, mapping, burst, provisioned]) {
    const widths = widthsAt(times, { workers: 500, messages: 2000, workSeconds: 20_000 }, way);
    expect(widths).toEqual(widths.toSorted((a, b) => a - b));
    expect(widths.at(-1)).toBe(500);
  }
});

test("a job is cut into messages of a tenth of a second to ten seconds that add up to it", () => {
  for (const work of [1, 100, 10_000, 1e6]) {
    const { messages, messageSeconds } = jobOf(work);
    expect(messages * messageSeconds).toBeCloseTo(work);
    expect(messageSeconds).toBeLessThanOrEqual(10);
  }
  expect(jobOf(100)).toEqual({ messages: 1000, messageSeconds: 0.1 });
  expect(jobOf(1e6)).toEqual({ messages: 100_000, messageSeconds: 10 });
});

test("with everybody there at once a job takes its share of work, and each ramp takes longer", () => {
  const job = jobOf(10_000);
  const ideal = runJob(job, 1000, atOnce).makespanSeconds;
  expect(ideal).toBeCloseTo(4 * (2.5 + ASSUMED.messageSeconds));
  const [byMapping, byBurst] = [mapping, burst].map((way) => runJob(job, 1000, way).makespanSeconds);
  expect(byBurst).toBeGreaterThan(ideal);
  expect(byMapping).toBeGreaterThan(byBurst!);
});

test("work is done only by workers that have begun: a mapping's job agrees with its closed form", () => {
  const work = 2000;
  // 5t + 2.5t² = work, when messages are small.
  const closed = (-5 + Math.sqrt(25 + 10 * work * (1 + ASSUMED.messageSeconds / 0.5))) / 5;
  expect(runJob(jobOf(work), 1000, mapping).makespanSeconds).toBeCloseTo(closed + cold, 0);
});
