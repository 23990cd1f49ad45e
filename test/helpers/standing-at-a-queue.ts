/** What `manyhands worker` runs, for the queues and the bucket that the environment names: `node test/helpers/standing-at-a-queue.ts <folder of logs>`. */
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Cloud } from "../../client/cloud/cloud.ts";
import { withStack } from "../../client/standing/at-stack.ts";
import { standBy } from "../../client/standing/standing-worker.ts";
import { ENV, readEnv } from "../../shared/validation/env.ts";

const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());
const clients = { sqs: new SQSClient({}), s3: new S3Client({ forcePathStyle: true }) };
const deployment = {
  region: readEnv("AWS_REGION"),
  bucket: readEnv(ENV.bucket),
  chunkQueue: readEnv(ENV.chunkQueueUrl),
  resultQueue: readEnv(ENV.resultQueueUrl),
};
await withStack({ clients, deployment } as unknown as Cloud, (place) =>
  standBy(place, {
    ...{ name: "standing", workers: 2, logFolder: process.argv[2] ?? ".", signal: stop.signal },
    onNews: (news) => console.log(JSON.stringify(news)),
  }),
);
process.exit(0);
