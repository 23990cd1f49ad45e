import { expect, test } from "vitest";
import { mappingConcurrencyAt } from "../../../shared/plan/mapping-ramp.ts";
import { burstSeconds, chooseRamp, drainersFor, mappingSeconds } from "../../../shared/plan/ramp.ts";

/** The default stack's. */
const CAP = { burst: 720, mapping: 180 };
/** Equal messages. */
const size = (messages: number, workSeconds: number) => ({
  ...{ messages, workSeconds },
  heaviestSeconds: workSeconds / messages,
});
const auto = (messages: number, workSeconds: number, cap = CAP) =>
  chooseRamp("auto", size(messages, workSeconds), cap);
const ordered = (messages: number, workSeconds: number, cap = CAP) =>
  drainersFor("auto", size(messages, workSeconds), cap);

test("what was asked for is done, but for a burst that nobody may start", () => {
  expect(chooseRamp("burst", size(1, 0.1), CAP)).toBe("burst");
  expect(chooseRamp("mapping", size(4000, 40_000), CAP)).toBe("mapping");
  for (const wanted of ["auto", "mapping", "burst"] as const) {
    const job = size(4000, 40_000);
    expect(chooseRamp(wanted, job, { burst: 0, mapping: 900 })).toBe("mapping");
  }
});

test("auto leaves small jobs to the mapping and starts workers for those that it would keep waiting", () => {
  expect(auto(1, 10)).toBe("mapping");
  expect(auto(5, 50)).toBe("mapping");
  expect(auto(60, 6)).toBe("mapping");
  expect(auto(100, 10)).toBe("mapping");
  expect(auto(100, 40)).toBe("burst");
  expect(auto(80, 800)).toBe("burst");
  expect(auto(4000, 400)).toBe("burst");
  expect(auto(4000, 40_000)).toBe("burst");
});

test("auto starts nobody where so few may be started that the mapping is as fast", () => {
  expect(auto(4000, 400, { burst: 2, mapping: 898 })).toBe("mapping");
});

test("by itself a fleet is started at the knee: half as many or twice as many save less than they cost", () => {
  for (const [messages, workSeconds] of [
    [121, 48],
    [1800, 640],
    [400, 3000],
  ] as const) {
    const product = (drainers: number) =>
      (2.5 + burstSeconds(size(messages, workSeconds), CAP, drainers)) * (workSeconds + drainers / 4);
    const knee = ordered(messages, workSeconds);
    expect(product(knee)).toBeLessThan(product(Math.ceil(knee / 2)));
    expect(product(knee)).toBeLessThanOrEqual(product(Math.min(2 * knee, messages)));
  }
  expect(ordered(1800, 640)).toBeLessThan(500);
  expect(drainersFor("burst", size(1174, 97), CAP)).toBe(1174);
});

test("no more are started than there are messages, or than the cap allows, and a long job has all of these", () => {
  expect(ordered(50, 1e5)).toBeLessThanOrEqual(50);
  expect(ordered(4000, 1e6)).toBe(720);
  expect(ordered(4000, 1e6, { burst: 0, mapping: 900 })).toBe(0);
});

test("a fleet is no wider than the heaviest message leaves it work", () => {
  const even = drainersFor("auto", size(1000, 400), CAP);
  const uneven = drainersFor("auto", { ...size(1000, 400), heaviestSeconds: 20 }, CAP);
  expect(uneven).toBeLessThan(even / 5);
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
    expect(mappingSeconds(size(messages, workSeconds), 180) / seconds).toBeCloseTo(1, 2);
  }
});

test("a burst is no wider than the job and the cap, and takes its time to ask for each worker", () => {
  expect(burstSeconds(size(10, 100), CAP, 10)).toBeCloseTo(10.02);
  expect(burstSeconds(size(5000, 7250), CAP, 720)).toBeCloseTo(10 + 720 / 500);
  expect(burstSeconds({ ...size(10, 10), heaviestSeconds: 5 }, CAP, 10)).toBeCloseTo(5.02);
});

test("the mapping has five workers at once, and three hundred more after a minute", () => {
  expect([-1, 0, 0.1, 1, 60].map(mappingConcurrencyAt)).toEqual([5, 5, 5, 10, 305]);
});
