import { GetQueueAttributesCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { expect, onTestFinished, test } from "vitest";
import { AwsClient, type AwsRequest, type AwsResponse } from "../../../shared/ports/aws/aws-client.ts";
import { inboxBy, sqsInbox } from "../../../shared/ports/aws/sqs-inbox.ts";
import { SqsQueue } from "../../../shared/ports/aws/sqs-queue.ts";
import { QueueSendError } from "../../../shared/validation/errors.ts";
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
  const { region, endpoint, credentials } = cloud;
  const client = new RefusingClient({
    service: "sqs",
    region,
    endpoint,
    credentials: async () => credentials,
  });
  onTestFinished(() => client.close());
  const arn = async () => {
    const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] });
    return (await sqs.send(asked)).Attributes?.QueueArn;
  };
  return { client, arn, received, queue: new SqsQueue(client, url), inbox: sqsInbox(client, url) };
}

/** Refuses some batch entries before they reach the queue, as often as it is told to. */
class RefusingClient extends AwsClient {
  readonly batches: number[] = [];
  times = 0;
  entry = {};

  override async send(request: AwsRequest): Promise<AwsResponse> {
    if (request.operation !== "SendMessageBatch") return super.send(request);
    const input = JSON.parse(String(request.body)) as { Entries: { Id: string }[] };
    this.batches.push(input.Entries.length);
    if (this.batches.length > this.times) return super.send(request);
    const [refused, ...Entries] = input.Entries;
    const body = JSON.stringify({ ...input, Entries });
    const answer =
      Entries.length > 0 ? await super.send({ ...request, body }) : { status: 200, headers: {}, body: "{}" };
    const Failed = [{ Id: refused?.Id, ...this.entry }];
    return { ...answer, body: Buffer.from(JSON.stringify({ ...JSON.parse(String(answer.body)), Failed })) };
  }
}

function refusing(client: RefusingClient, times: number, entry: { Code: string; SenderFault: boolean }) {
  client.times = times;
  client.entry = entry;
  return client.batches;
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
  const { client, queue: target, received } = await queue();
  const batches = refusing(client, 2, { Code: "Throttled", SenderFault: false });
  await target.send(["a", "b", "c"]);
  expect(batches).toEqual([3, 1, 1]);
  expect((await received()).toSorted()).toEqual(["a", "b", "c"]);
});

test("gives up on entries that are refused for the sender's fault", async () => {
  const { client, queue: target } = await queue();
  refusing(client, 1, { Code: "InvalidMessageContents", SenderFault: true });
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
  const credentials = () => Promise.reject(new Error("nobody is to be asked"));
  const client = new AwsClient({ service: "sqs", region: "nowhere", endpoint: undefined, credentials });
  expect(await new SqsQueue(client, "http://unreachable/queue").send([])).toBe(0);
});

test("a message names its queue as the mapping's records do, by the ARN", async () => {
  const { queue: target, inbox, arn } = await queue();
  await target.send(["a"]);
  const [message] = await inbox.receive(1, 1000);
  expect(message?.queue).toBe(await arn());
});

test("nothing to acknowledge is no request", async () => {
  const credentials = () => Promise.reject(new Error("nobody is to be asked"));
  const client = new AwsClient({ service: "sqs", region: "nowhere", endpoint: undefined, credentials });
  await sqsInbox(client, "http://unreachable/account/queue").acknowledge([]);
});

test.each([
  [10, 0, { MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }],
  [10, 1, { MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }],
  [11, 1001, { MaxNumberOfMessages: 10, WaitTimeSeconds: 2 }],
  [1, 60_000, { MaxNumberOfMessages: 1, WaitTimeSeconds: 20 }],
])("%i messages within %i ms are asked for as SQS allows", async (most, waitMs, expected) => {
  const asked: object[] = [];
  const call = async (operation: string, input: object) => {
    asked.push({ operation, ...input });
    return {};
  };
  expect(await inboxBy(call, "arn").receive(most, waitMs)).toEqual([]);
  expect(asked).toMatchObject([{ operation: "ReceiveMessage", ...expected }]);
});

test("a message arrives whatever characters its JSON has: SQS refuses those that XML has not", async () => {
  const { queue: sqs, received } = await queue();
  const texts = ["\u0001\ufffe\uffff", "🙂 數 é", "\ud800", "\u2028\x7f\x9b"];
  expect(await sqs.send(texts.map((text) => JSON.stringify({ text })))).toBe(texts.length);
  expect((await received()).map((body) => JSON.parse(body).text)).toEqual(texts);
});
