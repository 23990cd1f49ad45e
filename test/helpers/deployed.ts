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
  const pool = await slotsOf(name, { cloud, folder }, environment, { max });
  return { pool, cloud, settings: settingsOf(name, cloud), folder, store: new FileStore({ "": folder }) };
}

type Cloud = Pick<Awaited<ReturnType<typeof emulatedCloud>>, "cloud" | "folder">;

/** Slots of a built function beside that cloud, gone when the test ends. */
export async function slotsOf(
  name: Stage,
  { cloud, folder }: Cloud,
  environment: Record<string, string>,
  { max = 1, timeoutMs = 30_000 } = {},
): Promise<SlotPool> {
  const bundles = await ensureBundles();
  const pool = new SlotPool({
    ...{ name, max, timeoutMs },
    bundle: bundles[name],
    program: bundles.slot,
    logFolder: join(folder, "logs"),
    cacheFolder: join(folder, "cache"),
    environment: {
      ...settingsOf(name, cloud),
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
  return pool;
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
