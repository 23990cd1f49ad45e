import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { AwsClient } from "../../shared/ports/aws/aws-client.ts";
import { S3Store } from "../../shared/ports/aws/s3-store.ts";
import { settingsOfFunction } from "../../shared/ports/aws/settings.ts";
import { sqsPlace } from "../../shared/ports/aws/sqs-place.ts";
import { openQueues } from "../../shared/ports/aws/sqs-queues.ts";
import { conditionFault } from "../../shared/ports/conditional-writes.ts";
import { queueCases, timedQueueCases } from "../helpers/queue-cases.ts";
import { lacking, type Servers, startServers } from "../no-aws/servers.ts";

let servers: Servers;
let made = 0;

function client(service: "sqs" | "s3"): AwsClient {
  const settings = settingsOfFunction(service, { ...servers.env, AWS_REGION: "us-east-1" });
  const { endpoint } = sqsPlace(servers.queue);
  const opened = new AwsClient(service === "sqs" ? { ...settings, endpoint } : settings);
  onTestFinished(() => opened.close());
  return opened;
}

describe.skipIf(lacking)(`ElasticMQ and versitygw${lacking ? ` (${lacking})` : ""}`, () => {
  beforeAll(async () => {
    servers = await startServers("bucket");
  });
  afterAll(() => servers?.stop());

  const make = async () => {
    const place = sqsPlace(`${servers.queue}/case-${++made}`);
    const { chunks, deadChunks } = await openQueues(client("sqs"), place);
    return { inbox: chunks, outbox: chunks, deadLetters: deadChunks };
  };
  queueCases(make);
  timedQueueCases(make);

  test("who opens the queues second finds what the first one sent", async () => {
    const place = sqsPlace(`${servers.queue}/twice`);
    const [first, second] = [await openQueues(client("sqs"), place), await openQueues(client("sqs"), place)];
    await first.results.send(["a"]);
    expect(await second.results.receive(1, 1000)).toMatchObject([{ body: "a", queue: first.results.name }]);
  });

  test("the store's conditional writes are conditional, and what asked is gone", async () => {
    const store = new S3Store(client("s3"), "bucket");
    expect(await conditionFault(store)).toBeUndefined();
    for await (const key of store.list("")) expect(key).toBe("none");
  });
});
