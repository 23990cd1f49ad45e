import { expect, test } from "vitest";
import { inWords, isUnattended } from "../../../shared/record/attendance.ts";

test("a job is unattended where messages wait, none is in work, and there was time for workers and counts", () => {
  const depth = { waiting: 3, inFlight: 0, delayed: 0 };
  expect(isUnattended(depth, 61_000, 60_000)).toBe(true);
  expect(isUnattended(depth, 59_000, 60_000)).toBe(false);
  expect(isUnattended({ ...depth, inFlight: 1 }, 61_000, 60_000)).toBe(false);
  expect(isUnattended({ ...depth, waiting: 0 }, 61_000, 60_000)).toBe(false);
  expect(isUnattended({ ...depth, waiting: 0, delayed: 1 }, 61_000, 60_000)).toBe(true);
});

test("yet is said before a chunk was stored or failed, and now afterwards", () => {
  expect(inWords({ done: 0, failed: 0 })).toBe("nobody is working on this yet");
  expect(inWords({ done: 1, failed: 0 })).toBe("nobody is working on this now");
  expect(inWords({ done: 0, failed: 1 })).toBe("nobody is working on this now");
});
