/** A process of its own that asks the embedded cloud for one kind of thing many times: see cloud-cpu.ts. */
import { AwsClient, type Credentials } from "../../shared/ports/aws/aws-client.ts";
import { S3Store } from "../../shared/ports/aws/s3-store.ts";
import { SqsQueue } from "../../shared/ports/aws/sqs-queue.ts";
import { inLanes } from "../../shared/ports/lanes.ts";
import { usedHere } from "../measuring/processes.ts";

export interface Task {
  readonly kind: "put" | "send";
  readonly count: number;
  readonly endpoint: string;
  readonly credentials: Credentials;
  readonly bucket: string;
  readonly queueUrl: string;
}

const AT_ONCE = 4;
const OBJECT = new Uint8Array(100);
const MESSAGE = "x".repeat(500);

process.on("message", async ({ kind, count, endpoint, credentials, bucket, queueUrl }: Task) => {
  const client = (service: "s3" | "sqs") =>
    new AwsClient({ service, region: "us-east-1", endpoint, credentials: async () => credentials });
  const before = process.cpuUsage();
  if (kind === "put") {
    const store = new S3Store(client("s3"), bucket);
    const keys = Array.from({ length: count }, (_, k) => `objects/${k % 100}/${k}`);
    await inLanes(keys, AT_ONCE, (key) => store.put(key, OBJECT));
  } else {
    await new SqsQueue(client("sqs"), queueUrl).send(Array.from({ length: count }, () => MESSAGE));
  }
  process.send?.(usedHere(before));
});
