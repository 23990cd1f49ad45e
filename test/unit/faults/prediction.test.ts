import { expect, test } from "vitest";
import { SILENT_DEATH } from "../../../functions/aggregator/summarize.ts";
import { type DeliveryFault, EVERY, type Fault, predict } from "../../faults/plan.ts";

const messages = [[0], [1, 2, 3]];
const at = (chunks: readonly number[], receive: number): DeliveryFault => ({
  ...{ place: "delivery", kind: "worker killed before compute", chunks, receive },
});
const burnt = (chunks: readonly number[], times: number) =>
  Array.from({ length: times }, (_, k) => at(chunks, k + 1));
const failed = (...faults: Fault[]) => [...predict({ messages, faults }).failed.keys()];

test("a message of one chunk survives four lost deliveries and not the fifth", () => {
  expect(failed(...burnt([0], 4))).toEqual([]);
  expect(failed(...burnt([0], 5))).toEqual([0]);
});

test("a message of several chunks takes all of them along", () => {
  expect(failed(at([1, 2, 3], EVERY))).toEqual([1, 2, 3]);
});

test("what a chunk loses in a message of its own costs the others nothing", () => {
  expect(failed(at([1, 2, 3], 1), at([2], EVERY))).toEqual([2]);
});

test("a client tries four times: a refused PUT costs a delivery each fourth time", () => {
  const refused = (times: number): Fault => ({ place: "chunk", kind: "store 500", chunk: 0, times });
  expect(failed(refused(3))).toEqual([]);
  expect(failed(...burnt([0], 4), refused(3))).toEqual([]);
  expect(failed(...burnt([0], 4), refused(4))).toEqual([0]);
  expect(failed(refused(EVERY))).toEqual([0]);
});

test("what delays, repeats and reorders costs nothing, however often", () => {
  const harmless = (["duplicate delivery", "delayed delivery", "report lost", "message lost"] as const).map(
    (kind): Fault => ({ place: "delivery", kind, chunks: [0], receive: EVERY }),
  );
  const slow: Fault = { place: "chunk", kind: "store slow", chunk: 0, times: EVERY };
  expect(predict({ messages, faults: [...harmless, slow] }).state).toBe("complete");
});

test("a chunk fails for the reason that its faults leave behind", () => {
  const reason = (fault: Fault) => predict({ messages, faults: [fault] }).failed.get(0);
  expect("SlowDown from s3 PutObject (503): a fault").toMatch(
    reason({ place: "chunk", kind: "store 503 SlowDown", chunk: 0, times: EVERY })!,
  );
  expect(SILENT_DEATH).toMatch(reason(at([0], EVERY))!);
});

test("a chunk that is stored and not given out has failed, however its message fares", () => {
  const refused: Fault = { place: "chunk", kind: "read refused", chunk: 2, times: EVERY };
  expect(failed({ ...at([1, 2, 3], 1), kind: "worker killed before report" }, refused)).toEqual([2]);
});
