import { expect, test } from "vitest";
import { MOST_IN_A_ROW, StartFailures } from "../../client/local/start-failures.ts";

test("pauses grow with the starts that fail in a row, until there are too many", () => {
  const failures = new StartFailures();
  let nowMs = 0;
  const pauses: number[] = [];
  while (!failures.areTooMany) {
    failures.failed({ startedMs: nowMs, nowMs: ++nowMs });
    pauses.push(failures.nextMs - nowMs);
  }
  expect(pauses).toHaveLength(MOST_IN_A_ROW);
  expect(pauses.slice(0, -1)).toEqual([0, 100, 200, 400, 800]);
});

test("one that comes up makes the row begin again", () => {
  const failures = new StartFailures();
  for (let k = 0; k < 3 * MOST_IN_A_ROW; k++) {
    failures.failed({ startedMs: k, nowMs: k });
    if (k % 2) failures.succeeded();
  }
  expect(failures.areTooMany).toBe(false);
});

test("as many as are started together may fail together", () => {
  const failures = new StartFailures();
  for (let k = 0; k < 64; k++) failures.failed({ startedMs: 0, nowMs: 10 + k });
  expect(failures.areTooMany).toBe(false);
});
