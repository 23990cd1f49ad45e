import { expect, test } from "vitest";
import { mappingConcurrencyAt } from "../../../shared/plan/mapping-ramp.ts";
import { burstSeconds, chooseRamp, drainersFor, mappingSeconds } from "../../../shared/plan/ramp.ts";

/** The default stack's. */
const CAP = { burst: 720, mapping: 180 };
const auto = (messages: number, workSeconds: number, cap = CAP) =>
  chooseRamp("auto", { messages, workSeconds }, cap);

test("what was asked for is done, but for a burst that nobody may start", () => {
  expect(chooseRamp("burst", { messages: 1, workSeconds: 0.1 }, CAP)).toBe("burst");
  expect(chooseRamp("mapping", { messages: 4000, workSeconds: 40_000 }, CAP)).toBe("mapping");
  for (const wanted of ["auto", "mapping", "burst"] as const) {
    const job = { messages: 4000, workSeconds: 40_000 };
    expect(chooseRamp(wanted, job, { burst: 0, mapping: 900 })).toBe("mapping");
  }
});

test("auto leaves small jobs to the mapping and starts workers for those that it would keep waiting", () => {
  expect(auto(1, 10)).toBe("mapping");
  expect(auto(5, 50)).toBe("mapping");
  expect(auto(60, 6)).toBe("mapping");
  expect(auto(40, 400)).toBe("mapping");
  expect(auto(80, 800)).toBe("burst");
  expect(auto(4000, 400)).toBe("burst");
  expect(auto(4000, 40_000)).toBe("burst");
});

test("auto starts nobody where so few may be started that the mapping is as fast", () => {
  expect(auto(4000, 400, { burst: 2, mapping: 898 })).toBe("mapping");
});

test("by itself no more are started than have a second of work each: a cold start and a last look cost as much", () => {
  expect(drainersFor("auto", { messages: 1174, workSeconds: 96.6 })).toBe(97);
  expect(drainersFor("auto", { messages: 50, workSeconds: 96.6 })).toBe(50);
  expect(drainersFor("burst", { messages: 1174, workSeconds: 96.6 })).toBe(1174);
});

test("auto uses all of a small fleet for a job that would wait for the mapping's two workers", () => {
  const small = { burst: 6, mapping: 2 };
  expect(auto(100, 10, small)).toBe("burst");
  expect(auto(20, 2, small)).toBe("mapping");
});

test("the mapping's time is that of a simulation in small steps", () => {
  for (const [messages, workSeconds] of [
    [3, 12],
    [40, 10],
    [40, 400],
    [1000, 500],
    [1000, 300_000],
  ] as const) {
    const step = 0.0005;
    let done = 0;
    let seconds = 0;
    const most = Math.min(messages, 180);
    for (; done < workSeconds; seconds += step) done += step * Math.min(most, 5 + 5 * seconds);
    expect(mappingSeconds({ messages, workSeconds }, 180) / seconds).toBeCloseTo(1, 2);
  }
});

test("a burst is no wider than the job and the cap, and takes its time to ask for each worker", () => {
  expect(burstSeconds({ messages: 10, workSeconds: 100 }, CAP)).toBeCloseTo(10.02);
  expect(burstSeconds({ messages: 5000, workSeconds: 7250 }, CAP)).toBeCloseTo(10 + 720 / 500);
});

test("the mapping has five workers at once, and three hundred more after a minute", () => {
  expect([-1, 0, 0.1, 1, 60].map(mappingConcurrencyAt)).toEqual([5, 5, 5, 10, 305]);
});
