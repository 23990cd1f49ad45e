import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { withCloud } from "../measuring/own-cloud.ts";
import { usedHere } from "../measuring/processes.ts";
import type { Task } from "./cloud-client.ts";

const COUNT = 5_000;
const BATCH = 10;

export type CloudCpu = Awaited<ReturnType<typeof measureCloudCpu>>;

/**
 * CPU time (µs) of the embedded cloud, and of its client where that is another process: per object of 100 bytes and per
 * message of 500, after as many to warm up. This process itself receives and deletes, in batches, as the event source does.
 */
export function measureCloudCpu() {
  return withCloud(async ({ cloud }) => {
    const { endpoint, credentials, bucket, queues } = cloud;
    const queueUrl = queues.chunks.url;
    const client = fork(join(import.meta.dirname, "cloud-client.ts"));
    const ask = async (kind: Task["kind"]) => {
      const before = process.cpuUsage();
      client.send({ kind, count: COUNT, endpoint, credentials, bucket, queueUrl } satisfies Task);
      const [{ cpuMs }] = (await once(client, "message")) as [{ cpuMs: number }];
      return { server: usSince(before), client: (cpuMs * 1000) / COUNT };
    };
    const drain = async () => {
      const before = process.cpuUsage();
      for (let taken = 0; taken < COUNT; ) {
        const { Messages = [] } = await cloud.sqs<{ Messages?: { ReceiptHandle: string }[] }>(
          "ReceiveMessage",
          { QueueUrl: queueUrl, MaxNumberOfMessages: BATCH, MessageSystemAttributeNames: ["All"] },
        );
        const Entries = Messages.map(({ ReceiptHandle }, k) => ({ Id: `${k}`, ReceiptHandle }));
        await cloud.sqs("DeleteMessageBatch", { QueueUrl: queueUrl, Entries });
        taken += Messages.length;
      }
      return usSince(before);
    };
    try {
      await ask("put");
      const put = await ask("put");
      await ask("send");
      await drain();
      const send = await ask("send");
      return {
        ...{ putUs: put.server, putClientUs: put.client },
        ...{ sendUs: send.server, sendClientUs: send.client, receiveUs: await drain() },
      };
    } finally {
      client.kill("SIGKILL");
    }
  });
}

function usSince(before: NodeJS.CpuUsage): number {
  return (usedHere(before).cpuMs * 1000) / COUNT;
}
