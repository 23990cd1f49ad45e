import { GetQueueAttributesCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { expect, onTestFinished, test } from "vitest";
import { AwsClient, type AwsRequest, type AwsResponse } from "../../../shared/ports/aws/aws-client.ts";
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
  return { client, arn, received, queue: new SqsQueue(client, url) };
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

test("what is received can be worked on as what the mapping delivers, and is gone once it is deleted", async () => {
  const { queue: target, arn } = await queue();
  await target.send(["a", "b", "c"]);
  const records = await target.receive(10, 1);
  expect(records.map(({ body }) => body).toSorted()).toEqual(["a", "b", "c"]);
  const [first] = records;
  expect(first).toMatchObject({
    attributes: { ApproximateReceiveCount: "1" },
    eventSourceARN: await arn(),
    messageId: expect.stringMatching(/./),
  });
  await target.delete(records.slice(1).map(({ receiptHandle }) => receiptHandle));
  await target.postpone(first?.receiptHandle ?? "", 0);
  const again = await target.receive(10, 1);
  expect(again.map(({ body, attributes }) => [body, attributes.ApproximateReceiveCount])).toEqual([
    [first?.body, "2"],
  ]);
});

test("receives no more than it is asked for, and nothing where there is nothing", async () => {
  const { queue: target } = await queue();
  expect(await target.receive(10, 1)).toEqual([]);
  await target.send(["a", "b", "c"]);
  expect(await target.receive(1, 1)).toHaveLength(1);
  expect(await target.receive(10, 1)).toHaveLength(2);
});

test("nothing to delete is no request", async () => {
  const credentials = () => Promise.reject(new Error("nobody is to be asked"));
  const client = new AwsClient({ service: "sqs", region: "nowhere", endpoint: undefined, credentials });
  await new SqsQueue(client, "http://unreachable/queue").delete([]);
});

test("a message arrives whatever characters its JSON has: SQS refuses those that XML has not", async () => {
  const { queue: sqs, received } = await queue();
  const texts = ["\u0001\ufffe\uffff", "🙂 數 é", "\ud800", "\u2028\x7f\x9b"];
  expect(await sqs.send(texts.map((text) => JSON.stringify({ text })))).toBe(texts.length);
  expect((await received()).map((body) => JSON.parse(body).text)).toEqual(texts);
});
