import { join } from "node:path";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { onTestFinished } from "vitest";
import { settingsOf } from "../../client/local/pools.ts";
import { SlotPool } from "../../client/local/slots.ts";
import type { Stage } from "../../shared/build/bundling.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { ENV } from "../../shared/validation/env.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";
import { emulatedCloud } from "./emulator.ts";

/** One built function in slots of its own, one if not said otherwise, beside an emulated cloud. */
export async function deployed(
  name: Stage,
  environment: Record<string, string> = {},
  emulator: Parameters<typeof emulatedCloud>[0] = {},
  max = 1,
) {
  const { cloud, folder } = await emulatedCloud(emulator);
  const bundles = await ensureBundles();
  const settings = settingsOf(name, cloud);
  const pool = new SlotPool({
    name,
    bundle: bundles[name],
    program: bundles.slot,
    max,
    timeoutMs: 30_000,
    logFolder: join(folder, "logs"),
    cacheFolder: join(folder, "cache"),
    environment: {
      ...settings,
      [ENV.checkAfterSeconds]: "15",
      [ENV.retryAfterSeconds]: "0",
      [ENV.workerFunctionName]: "worker",
      [ENV.workerTimeoutSeconds]: "30",
      [ENV.workerMemoryMb]: "1769",
      [ENV.maxConcurrency]: "1",
      [ENV.burstConcurrency]: "0",
      ...environment,
    },
  });
  onTestFinished(() => pool.close());
  return { pool, cloud, settings, folder, store: new FileStore({ "": folder }) };
}

/** The message as the event source mapping of that queue delivers it, for the first time. */
export const event = (body: string, eventSourceARN: string): SQSEvent => ({
  Records: [
    {
      messageId: "m/1",
      receiptHandle: "r",
      body,
      eventSourceARN,
      attributes: { ApproximateReceiveCount: "1" },
    } as SQSRecord,
  ],
});
