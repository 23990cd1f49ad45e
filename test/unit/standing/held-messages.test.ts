import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { HeldMessages } from "../../../client/standing/held-messages.ts";
import type { Inbox, Received } from "../../../shared/ports/queue.ts";

afterEach(() => vi.useRealTimers());

const message = (id: string): Received => ({ id, body: "", receiveCount: 1, handle: id, queue: "q" });

/** Two messages that were received, and what is asked of the queue from then on. */
async function received(receive: Inbox["receive"] = async () => [message("a"), message("b")]) {
  vi.useFakeTimers();
  const asked: string[] = [];
  const told: string[] = [];
  const inbox: Inbox = {
    receive,
    acknowledge: async (messages) => void asked.push(`acknowledge ${messages.map(({ id }) => id)}`),
    postpone: async ({ id }, ms) => void asked.push(`postpone ${id} ${ms}`),
    release: async (messages, ms) => void asked.push(`release ${messages.map(({ id }) => id)} ${ms}`),
  };
  const held = new HeldMessages(inbox, {
    onTrouble: (error) => told.push(String(error)),
    onAnswered: () => told.push("answered"),
  });
  onTestFinished(() => held.close());
  const [a, b] = await held.receive(2, 0).catch(() => []);
  return { held, asked, told, a: a!, b: b! };
}

test("what was received is hidden for half a minute again each ten seconds, until it is acknowledged or postponed", async () => {
  const { held, asked, a, b } = await received();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked.splice(0)).toEqual(["postpone a 30000", "postpone b 30000"]);
  await held.acknowledge([a]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked.splice(0)).toEqual(["acknowledge a", "postpone b 30000"]);
  await held.postpone(b, 0);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toEqual(["postpone b 0"]);
});

test("what another process handed back keeps the pause that it was given", async () => {
  const { held, asked, a } = await received();
  held.letGo([a]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toEqual(["postpone b 30000"]);
});

test("at the end what is still held goes to others at once, and the beat stops", async () => {
  const { held, asked, a } = await received();
  await held.acknowledge([a]);
  await held.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toEqual(["acknowledge a", "release b 0"]);
});

test("what the last poll brings after the end goes to others too", async () => {
  const late = Promise.withResolvers<Received[]>();
  let polls = 0;
  const { held, asked, a, b } = await received(() =>
    polls++ === 0 ? Promise.resolve([message("a"), message("b")]) : late.promise,
  );
  await held.acknowledge([a, b]);
  const polling = held.receive(1, 20_000);
  const closing = held.close();
  late.resolve([message("c")]);
  await Promise.all([polling, closing]);
  expect(asked).toEqual(["acknowledge a,b", "release c 0"]);
});

test("a queue that cannot be asked is told of once, and once that it answers again", async () => {
  let refusals = 3;
  const { held, told } = await received(async () => {
    if (refusals-- > 0) throw new Error("cut off");
    return [];
  });
  for (let times = 0; times < 4; times++) await held.receive(1, 0).catch(() => {});
  expect(told).toEqual(["Error: cut off", "answered"]);
});
