import { expect, test } from "vitest";
import { onceReady } from "../../../client/standing/once-ready.ts";
import { MemoryQueue } from "../../helpers/memory-queue.ts";

test("what cannot be worked for want of something keeps its deliveries, and the receiver hears why", async () => {
  const queue = new MemoryQueue();
  await queue.send(["a"]);
  let missing: Error | undefined = new Error("no keys");
  const ready = async () => {
    if (missing) throw missing;
  };
  const inbox = onceReady(queue, ready, 20);
  const began = performance.now();
  for (let polls = 0; polls < 10; polls++) await expect(inbox.receive(1, 0)).rejects.toThrow("no keys");
  expect(performance.now() - began).toBeGreaterThan(180);
  missing = undefined;
  expect(await inbox.receive(1, 0)).toMatchObject([{ body: "a", receiveCount: 1 }]);
});
