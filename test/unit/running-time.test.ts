import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { afterRunning } from "../../client/local/running-time.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("it calls back once so much time has passed, and not before", () => {
  const callback = vi.fn();
  afterRunning(10_200, callback);
  vi.advanceTimersByTime(10_199);
  expect(callback).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(callback).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});

test("time in which the process was stopped does not count: all that is due then is one timer", () => {
  const callback = vi.fn();
  afterRunning(10_000, callback);
  vi.runOnlyPendingTimers();
  expect(callback).not.toHaveBeenCalled();
});

test("it can be called off at any step", () => {
  const callback = vi.fn();
  const callOff = afterRunning(10_000, callback);
  vi.advanceTimersByTime(3000);
  callOff();
  expect(vi.getTimerCount()).toBe(0);
});
