import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBuiltCloud } from "../../cli/local/built-cloud.ts";
import { Folder } from "../../shared/ports/file/folder.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";
import type { Task } from "./cloud-client.ts";

const COUNT = 5_000;
const BATCH = 10;

/** CPU time (µs) of the embedded cloud, and of its client where that is another process. */
export interface CloudCost {
  readonly putUs: number;
  readonly putClientUs: number;
  readonly sendUs: number;
  readonly sendClientUs: number;
  /** Receiving and deleting, in batches of 10, by this process itself, as the event source does. */
  readonly receiveUs: number;
}

/** Per object of 100 bytes and per message of 500, after as many to warm up. */
export async function cloudCost(): Promise<CloudCost> {
  const folder = mkdtempSync(join(tmpdir(), "manyhands-cloud-"));
  const bundles = await ensureBundles();
  const cloud = await startBuiltCloud(bundles.emulator, {
    ...{ folder: new Folder({ "": folder }) },
    ...{ visibilityTimeoutSeconds: 600, maxReceiveCount: 5 },
  });
  const queue = cloud.queues.chunks;
  const client = fork(join(import.meta.dirname, "cloud-client.ts"));
  const ask = async (kind: Task["kind"]) => {
    const task: Task = {
      ...{
        kind,
        count: COUNT,
        endpoint: cloud.endpoint,
        credentials: cloud.credentials,
        bucket: cloud.bucket,
      },
      queueUrl: queue.url,
    };
    const before = process.cpuUsage();
    client.send(task);
    const [{ cpuMs }] = (await once(client, "message")) as [{ cpuMs: number }];
    return { server: each(before), client: (cpuMs * 1000) / COUNT };
  };
  const drain = async () => {
    const before = process.cpuUsage();
    for (let taken = 0; taken < COUNT; ) {
      const { Messages = [] } = await cloud.sqs<{ Messages?: { ReceiptHandle: string }[] }>(
        "ReceiveMessage",
        { QueueUrl: queue.url, MaxNumberOfMessages: BATCH, MessageSystemAttributeNames: ["All"] },
      );
      const Entries = Messages.map(({ ReceiptHandle }, k) => ({ Id: `${k}`, ReceiptHandle }));
      await cloud.sqs("DeleteMessageBatch", { QueueUrl: queue.url, Entries });
      taken += Messages.length;
    }
    return each(before);
  };
  await ask("put");
  const put = await ask("put");
  await ask("send");
  await drain();
  const send = await ask("send");
  const receiveUs = await drain();
  client.kill("SIGKILL");
  await cloud.close();
  rmSync(folder, { recursive: true, force: true });
  return {
    ...{ putUs: put.server, putClientUs: put.client },
    ...{ sendUs: send.server, sendClientUs: send.client, receiveUs },
  };
}

function each(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / COUNT;
}
