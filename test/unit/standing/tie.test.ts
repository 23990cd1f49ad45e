import { PassThrough } from "node:stream";
import { expect, onTestFinished, test, vi } from "vitest";
import { DRAIN, STILL_HERE_MS, tieTo } from "../../../client/standing/tie.ts";

const ORDERS = { queue: "redis://hub", workers: "2" };

/** A tie with its first line, and the end that says the others. */
async function tied() {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const input = new PassThrough();
  const tying = tieTo(input);
  const say = async (line: string) => {
    input.write(`${line}\n`);
    await new Promise((resolve) => setImmediate(resolve));
  };
  await say(JSON.stringify(ORDERS));
  return { tie: await tying, say, input };
}

test("a worker goes on while lines come, and ends a minute after the last one", async () => {
  const { tie, say } = await tied();
  expect(tie.orders).toEqual(ORDERS);
  for (let passedMs = 0; passedMs < 10 * 60_000; passedMs += STILL_HERE_MS) {
    vi.advanceTimersByTime(STILL_HERE_MS);
    await say("");
  }
  vi.advanceTimersByTime(59_000);
  expect(tie.stop.aborted).toBe(false);
  vi.advanceTimersByTime(1_000);
  expect(tie.stop.aborted).toBe(true);
  expect(tie.drain.aborted).toBe(false);
});

test("a line asks for a drain, and the end of all lines for an end", async () => {
  const { tie, say, input } = await tied();
  await say(DRAIN);
  expect([tie.drain.aborted, tie.stop.aborted]).toEqual([true, false]);
  input.end();
  await expect.poll(() => tie.stop.aborted).toBe(true);
});

test("a first line that has no orders is refused", async () => {
  const input = new PassThrough();
  input.end("hello\n");
  await expect(tieTo(input)).rejects.toThrow(/^Expected the first line to be /);
});
