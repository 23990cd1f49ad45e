import { afterEach, expect, test, vi } from "vitest";
import type { ReceivedRecord, SqsQueue } from "../../shared/ports/aws/sqs-queue.ts";
import { handBack, longestPauseSeconds, parseOrReject } from "../../shared/ports/delivery.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { MemoryStore } from "../helpers/memory.ts";

afterEach(() => vi.restoreAllMocks());

const record = (receives = 1) =>
  ({
    ...{ messageId: "m1", receiptHandle: "handle", body: "{}", eventSourceARN: "arn:of:queue" },
    attributes: { ApproximateReceiveCount: String(receives) },
  }) as ReceivedRecord;

/** For how long (s) a record is hidden at its attempts, each with the same chance. */
async function pauses(chance: number, attempts: readonly number[]) {
  vi.spyOn(Math, "random").mockReturnValue(chance);
  const asked: unknown[] = [];
  const queue = { postpone: async (...call: unknown[]) => void asked.push(call) } as unknown as SqsQueue;
  for (const receives of attempts)
    expect(await handBack(record(receives), queue, 2)).toEqual({ itemIdentifier: "m1" });
  return asked;
}

test("a record is hidden for twice as long after each attempt, up to twice that by chance, and after its last not at all", async () => {
  const shortest = [2, 4, 8, 16, 0].map((seconds) => ["handle", seconds]);
  expect(await pauses(0, [1, 2, 3, 4, 5])).toEqual(shortest);
  expect(await pauses(0.75, [1, 4])).toEqual([
    ["handle", 4],
    ["handle", 28],
  ]);
});

test("no record is hidden for longer than the longest pause, before the last attempt with all of the chance", async () => {
  expect(longestPauseSeconds(2)).toBe(32);
  expect(await pauses(1 - 2 ** -50, [4])).toEqual([["handle", 32]]);
});

test("a record that cannot be hidden is handed back all the same: the visibility timeout brings it again", async () => {
  const queue = { postpone: () => Promise.reject(new Error("gone")) } as unknown as SqsQueue;
  expect(await handBack(record(), queue, 2)).toEqual({ itemIdentifier: "m1" });
});

test("what can be parsed is given on, and nothing is kept", async () => {
  const store = new MemoryStore();
  expect(await parseOrReject(record(), (body) => ({ body }), store)).toEqual({ body: "{}" });
  expect(store.puts).toEqual([]);
});

test("what nobody can parse is kept with its reason under the message's id", async () => {
  const store = new MemoryStore();
  const refuse = () => {
    throw new InvalidInputError("message", "a chunk message", "{}");
  };
  expect(await parseOrReject(record(), refuse, store)).toBeUndefined();
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
  await expect(parseOrReject(record(), broken, store)).rejects.toThrow("broken");
  expect(store.puts).toEqual([]);
});
