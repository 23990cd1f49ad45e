import { expect, test } from "vitest";
import { Looks } from "../../../functions/aggregator/looks.ts";

const JOB = { jobId: "j", submittedAtMs: 1 };

/** An environment that has looked once, for so long (ms). */
function looked(covered: number, needed: number, tookMs = 100, keys = 1_000) {
  let nowMs = 1_000_000;
  const looks = new Looks({ monotonicMs: () => nowMs });
  const onLooked = looks.begin();
  nowMs += tookMs;
  onLooked(JOB, { round: 0, keys, covered, needed });
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { looks, pass };
}

test("an environment of the aggregator looks at a job that it knows nothing of, and at one that came again under its id", () => {
  const { looks } = looked(0, 1000);
  expect(looks.isDue({ jobId: "other", submittedAtMs: 1 }, 1)).toBe(true);
  expect(looks.isDue({ ...JOB, submittedAtMs: 2 }, 1)).toBe(true);
  expect(looks.isDue(JOB, 1)).toBe(false);
  expect(looks.needed(JOB, 1)).toBeUndefined(); // resumed: another round
  looks.forget(JOB);
  expect(looks.isDue(JOB, 1)).toBe(true);
});

test("it looks after each batch, as long as one request lists all keys", () => {
  const { looks } = looked(0, 10_000, 100, 999);
  expect(looks.isDue(JOB, 1)).toBe(true);
});

test("it looks whenever what it added may be the last, whatever others added as well", () => {
  const { looks } = looked(920, 1000);
  expect(looks.isDue(JOB, 9)).toBe(false);
  expect(looks.isDue(JOB, 1)).toBe(true);
});

test("it looks when ten times as long has passed as the last look took, and never later than after five seconds", () => {
  const short = looked(0, 1000, 100);
  short.pass(999);
  expect(short.looks.isDue(JOB, 1)).toBe(false);
  short.pass(1);
  expect(short.looks.isDue(JOB, 1)).toBe(true);
  const long = looked(0, 1000, 60_000);
  long.pass(5_000);
  expect(long.looks.isDue(JOB, 1)).toBe(true);
});

test("it remembers a hundred jobs at most, those that it looked at last", () => {
  const { looks } = looked(0, 1000);
  const look = (job: typeof JOB) => looks.begin()(job, { round: 0, keys: 1_000, covered: 0, needed: 9 });
  const named = (k: number) => ({ jobId: `job-${k}`, submittedAtMs: 1 });
  for (let k = 0; k < 99; k++) look(named(k));
  look(JOB);
  look(named(99));
  expect(looks.needed(JOB, 0)).toBe(9);
  expect(looks.needed(named(0), 0)).toBeUndefined();
  expect(looks.needed(named(1), 0)).toBe(9);
});
