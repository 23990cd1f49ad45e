import fc from "fast-check";
import { expect, test } from "vitest";
import { layoutOf } from "../../../shared/array/layout.ts";
import { drawPlan } from "../../faults/draw-plan.ts";
import { isJourney } from "../../faults/journeys/draw-journey.ts";
import { FAULT_KINDS, LOSSES } from "../../faults/kinds.ts";
import { EVERY, lostDeliveries, predict } from "../../faults/plan.ts";
import { resolvedJob } from "../../helpers/kernels.ts";

/** CI's, but for those that are journeys. */
const SEEDS = Array.from({ length: 200 }, (_, k) => k + 1).filter((each) => !isJourney(each));
const seed = fc.integer({ min: 1, max: 1_000_000 });

test("a plan is a function of its seed", () => {
  fc.assert(
    fc.property(seed, (each) => {
      expect(drawPlan(each)).toEqual(drawPlan(each));
    }),
    { numRuns: 50 },
  );
  expect(drawPlan(1)).not.toEqual(drawPlan(2));
});

test("the messages of a plan hold each chunk of its job once", () => {
  fc.assert(
    fc.property(seed, (each) => {
      const { request, messages } = drawPlan(each);
      const { total } = layoutOf(resolvedJob(request, "").spec);
      expect(messages.flat().sort((a, b) => a - b)).toEqual(
        Array.from({ length: total }, (_, chunk) => chunk),
      );
    }),
    { numRuns: 50 },
  );
});

test("CI's plans hold every kind of fault at least five times, and both outcomes", () => {
  const plans = SEEDS.map((each) => drawPlan(each));
  const planned = plans.flatMap(({ faults }) => faults.map(({ kind }) => kind));
  for (const kind of FAULT_KINDS) {
    const count = planned.filter((each) => each === kind).length;
    expect(count, kind).toBeGreaterThanOrEqual(5);
  }
  const incomplete = plans.filter((plan) => predict(plan).state === "incomplete").length;
  expect(incomplete).toBeGreaterThan(10);
  expect(incomplete).toBeLessThan(60);
});

test("what is lost changes no prediction: it is issued again", () => {
  for (const { messages, faults } of SEEDS.map((each) => drawPlan(each))) {
    const others = faults.filter(({ kind }) => !LOSSES.includes(kind));
    expect(predict({ messages, faults })).toEqual(predict({ messages, faults: others }));
  }
});

test("a chunk loses four deliveries or fewer, or all of them", () => {
  fc.assert(
    fc.property(seed, (each) => {
      const { messages, faults } = drawPlan(each);
      for (const message of messages) {
        for (const chunk of message) {
          const { deliveries } = lostDeliveries(message, chunk, faults);
          expect(deliveries <= 4 || deliveries === EVERY).toBe(true);
        }
      }
    }),
    { numRuns: 300 },
  );
});
