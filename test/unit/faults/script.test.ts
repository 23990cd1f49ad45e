import { expect, test } from "vitest";
import { EVERY, type Fault } from "../../faults/plan.ts";
import { Script } from "../../faults/script.ts";

const PUT = { operation: "PUT", isConditional: false } as const;
const GET = { operation: "GET", isConditional: false } as const;
const any = () => true;

function script(...faults: Fault[]) {
  const told: Fault[] = [];
  return { told, script: new Script({ faults }, (fault) => told.push(fault)) };
}

test("a fault of a delivery strikes that delivery of that message, once", () => {
  const fault: Fault = { place: "delivery", kind: "worker hung", chunks: [1, 2], receive: 2 };
  const { script: it, told } = script(fault);
  expect(it.delivery([1, 2], 1, any)).toBeUndefined();
  expect(it.delivery([1], 2, any)).toBeUndefined();
  expect(it.delivery([1, 2], 2, any)).toBe(fault);
  it.strike(fault);
  expect(it.delivery([1, 2], 2, any)).toBeUndefined();
  expect(told).toEqual([fault]);
});

test("a fault of every delivery never ends", () => {
  const fault: Fault = { place: "delivery", kind: "receive burnt", chunks: [1], receive: EVERY };
  const { script: it } = script(fault);
  for (let receive = 1; receive <= 7; receive++) {
    expect(it.delivery([1], receive, any)).toBe(fault);
    it.strike(fault);
  }
});

test("a strike that came to nothing is left for another request", () => {
  const fault: Fault = { place: "chunk", kind: "read corrupt", chunk: 3, times: 1 };
  const { script: it } = script(fault);
  expect(it.chunk(3, PUT)).toBeUndefined();
  const reserved = it.reserve(fault);
  expect(it.chunk(3, GET)).toBeUndefined();
  reserved.miss();
  expect(it.chunk(3, GET)).toBe(fault);
  it.reserve(fault).strike();
  expect(it.chunk(3, GET)).toBeUndefined();
});

test("requests of a stage are counted by what the fault is about", () => {
  const fault: Fault = { place: "request", kind: "read corrupt", stage: "aggregator", nth: 2, times: 1 };
  const { script: it } = script(fault);
  for (const [stage, asked, expected] of [
    ["aggregator", PUT, undefined],
    ["aggregator", GET, undefined],
    ["splitter", GET, undefined],
    ["aggregator", PUT, undefined],
    ["aggregator", GET, fault],
  ] as const)
    expect(it.request(stage, asked)).toBe(expected);
});

test("only a conditional PUT can lose to another", () => {
  const fault: Fault = { place: "chunk", kind: "PUT lost to another", chunk: 0, times: 1 };
  const { script: it } = script(fault);
  expect(it.chunk(0, PUT)).toBeUndefined();
  expect(it.chunk(0, { ...PUT, isConditional: true })).toBe(fault);
});
