import { ReceiveMessageCommand, SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import { QueueSendError } from "../../../shared/errors.ts";
import { SqsQueue } from "../../../shared/queues/sqs-queue.ts";
import { emulatedCloud } from "../../helpers/emulator.ts";

async function queue() {
  const { sqs, cloud } = await emulatedCloud();
  const { url } = cloud.queues.chunks;
  const received = async () => {
    const bodies: string[] = [];
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return bodies;
      bodies.push(...Messages.map(({ Body = "" }) => Body));
    }
  };
  return { sqs, url, received, queue: new SqsQueue(sqs, url) };
}

/** Answers some batch entries as refused, before they reach the queue, as often as it is told to. */
function refusing(sqs: SQSClient, times: number, entry: { Code: string; SenderFault: boolean }) {
  const batches: number[] = [];
  sqs.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName !== SendMessageBatchCommand.name) return next(args);
      const input = args.input as { Entries: { Id: string }[] };
      batches.push(input.Entries.length);
      if (batches.length > times) return next(args);
      const [refused, ...accepted] = input.Entries;
      input.Entries = accepted;
      const answer =
        accepted.length > 0 ? await next(args) : { output: { $metadata: {} }, response: undefined };
      (answer.output as { Failed?: object[] }).Failed = [{ Id: refused?.Id, ...entry }];
      return answer;
    },
    { step: "initialize" },
  );
  return batches;
}

test("sends every body once, in batches of ten", async () => {
  const { queue: target, received } = await queue();
  const bodies = Array.from({ length: 137 }, (_, k) => `message ${k}`);
  expect(await target.send(bodies)).toBe(137);
  expect((await received()).toSorted()).toEqual(bodies.toSorted());
});

test("splits batches that together would be too large", async () => {
  const { queue: target, received } = await queue();
  const bodies = Array.from({ length: 5 }, (_, k) => String(k).repeat(200_000));
  expect(await target.send(bodies)).toBe(5);
  expect((await received()).length).toBe(5);
});

test("sends the refused entries of a batch again, and only those", async () => {
  const { sqs, queue: target, received } = await queue();
  const batches = refusing(sqs, 2, { Code: "Throttled", SenderFault: false });
  await target.send(["a", "b", "c"]);
  expect(batches).toEqual([3, 1, 1]);
  expect((await received()).toSorted()).toEqual(["a", "b", "c"]);
});

test("gives up on entries that are refused for the sender's fault", async () => {
  const { sqs, queue: target } = await queue();
  refusing(sqs, 1, { Code: "InvalidMessageContents", SenderFault: true });
  await expect(target.send(["a", "b"])).rejects.toThrow(QueueSendError);
});

test("takes bodies only as fast as the queue takes them", async () => {
  const { queue: target } = await queue();
  let taken = 0;
  let aheadAtMost = 0;
  let sent = 0;
  function* many() {
    for (; taken < 2000; taken++) {
      aheadAtMost = Math.max(aheadAtMost, taken - sent);
      yield `${taken}`;
      if (taken % 100 === 0) sent = taken;
    }
  }
  expect(await target.send(many())).toBe(2000);
  expect(aheadAtMost).toBeLessThanOrEqual(260);
});

test("nothing to send is no request", async () => {
  expect(await new SqsQueue(new SQSClient({ region: "nowhere" }), "unreachable").send([])).toBe(0);
});
