import { expect, test } from "vitest";
import { afterSubmission, endedBy } from "../../../functions/aggregator/clocks.ts";
import { chunkReportAt } from "../../helpers/stages.ts";

const ARRIVED_MS = 1_700_000_000_000;
const startOf = ({ chunks }: ReturnType<typeof endedBy>) => chunks.map(({ times }) => times?.startedAtMs);

test("a chunk that seems to end after its report's arrival ended when it arrived", () => {
  const report = chunkReportAt(3, "w", ARRIVED_MS - 500, 2000);
  const { chunks } = endedBy(report, ARRIVED_MS);
  expect(chunks).toMatchObject([
    { times: { startedAtMs: ARRIVED_MS - 2000, durationMs: 2000, moved: true } },
  ]);
});

test("a second ahead is no more than clocks differ by, and stays", () => {
  const report = chunkReportAt(3, "w", ARRIVED_MS - 500, 1500);
  expect(endedBy(report, ARRIVED_MS)).toEqual(report);
  expect(startOf(endedBy(report, ARRIVED_MS - 1))).toEqual([ARRIVED_MS - 1 - 1500]);
});

test.each([
  ["before its report's arrival", -5000, -5000],
  ["a second after it", 1000, 1000],
  ["later still", 1001, 0],
])("a failure %s stays where it can have been", (_, saidMs, isMs) => {
  const { worker, ...report } = chunkReportAt(3, "w", ARRIVED_MS, 0);
  const failure = { chunk: 3, error: "no", final: true, disputed: false, attempt: 1 };
  const failures = [{ ...failure, ...worker, failedAtMs: ARRIVED_MS + saidMs }];
  const [told] = endedBy({ ...report, worker, failures }, ARRIVED_MS).failures;
  expect(told?.failedAtMs).toBe(ARRIVED_MS + isMs);
});

/** Chunks of one slot, each as its start and its duration; the job was submitted at 1000. */
function movedIn(...chunks: readonly (readonly [startedAtMs: number, durationMs: number])[]) {
  const startedAtMs = Float64Array.from(chunks, ([ms]) => ms);
  const durationMs = Float64Array.from(chunks, ([, ms]) => ms);
  const moved = afterSubmission(1000, { startedAtMs, durationMs, slot: new Int32Array(chunks.length) });
  return { moved, startedAtMs: [...startedAtMs] };
}

test("a chunk that starts with the submission stays", () => {
  expect(movedIn([1000, 10])).toEqual({ moved: [], startedAtMs: [1000] });
});

test("one that seems to end with the submission follows the slot's other ones", () => {
  expect(movedIn([990, 10], [1010, 10])).toEqual({ moved: [0], startedAtMs: [1020, 1010] });
});

test("one that seems to end before it follows one that was under way then", () => {
  expect(movedIn([995, 10], [900, 10])).toEqual({ moved: [0, 1], startedAtMs: [1000, 1010] });
});
