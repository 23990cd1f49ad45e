import { afterEach, expect, test, vi } from "vitest";
import { handBack, longestPauseSeconds, parseOrReject } from "../../shared/ports/delivery.ts";
import type { Inbox, Received } from "../../shared/ports/queue.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { MemoryStore } from "../helpers/memory.ts";

afterEach(() => vi.restoreAllMocks());

const received = (receiveCount = 1): Received => ({
  ...{ id: "m1", handle: "handle", body: "{}", queue: "arn:of:queue", receiveCount },
});

/** For how long (ms) a message is hidden at its attempts, each with the same chance. */
async function pauses(chance: number, attempts: readonly number[]) {
  vi.spyOn(Math, "random").mockReturnValue(chance);
  const asked: [string, number][] = [];
  const inbox: Pick<Inbox, "postpone"> = {
    postpone: async ({ handle }, ms) => void asked.push([handle, ms]),
  };
  for (const receiveCount of attempts) await handBack(received(receiveCount), inbox, 2);
  return asked;
}

test("a message is hidden for twice as long after each attempt, up to twice that by chance, and after its last not at all", async () => {
  const shortest = [2000, 4000, 8000, 16_000, 0].map((ms) => ["handle", ms]);
  expect(await pauses(0, [1, 2, 3, 4, 5])).toEqual(shortest);
  expect(await pauses(0.75, [1, 4])).toEqual([
    ["handle", 4000],
    ["handle", 28_000],
  ]);
});

test("no message is hidden for longer than the longest pause, before the last attempt with all of the chance", async () => {
  expect(longestPauseSeconds(2)).toBe(32);
  expect(await pauses(1 - 2 ** -50, [4])).toEqual([["handle", 32_000]]);
});

test("a message that cannot be hidden is no error: the visibility timeout brings it again", async () => {
  const postpone = vi.fn(() => Promise.reject(new Error("gone")));
  await handBack(received(), { postpone }, 2);
  expect(postpone).toHaveBeenCalledOnce();
});

test("what can be parsed is given on, and nothing is kept", async () => {
  const store = new MemoryStore();
  expect(await parseOrReject(received(), (body) => ({ body }), store)).toEqual({ body: "{}" });
  expect(store.puts).toEqual([]);
});

test("what nobody can parse is kept with its reason under the message's id", async () => {
  const store = new MemoryStore();
  const refuse = () => {
    throw new InvalidInputError("message", "a chunk message", "{}");
  };
  expect(await parseOrReject(received(), refuse, store)).toBeUndefined();
  expect(store.puts).toEqual(["rejected/m1"]);
  expect(store.json("rejected/m1")).toEqual({
    ...{ messageId: "m1", eventSourceARN: "arn:of:queue", body: "{}" },
    reason: expect.stringContaining("a chunk message"),
  });
});

test("an error of the parser itself is not the message's", async () => {
  const store = new MemoryStore();
  const broken = () => {
    throw new TypeError("broken");
  };
  await expect(parseOrReject(received(), broken, store)).rejects.toThrow("broken");
  expect(store.puts).toEqual([]);
});
