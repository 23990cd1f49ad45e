import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { onTestFinished } from "vitest";
import { type EmulatorOptions, makeEmulator } from "../../client/local/emulator.ts";
import { type Intercept, startLocalCloud } from "../../client/local/local-cloud.ts";
import { Folder } from "../../shared/ports/file/folder.ts";
import { temporaryFolder } from "./temporary.ts";

/** The embedded SQS and S3 with real clients, gone when the test ends. */
export async function emulatedCloud({
  visibilityTimeoutSeconds = 30,
  maxReceiveCount = 5,
  onAnswered,
  intercept,
  isForAnySdk,
}: Partial<Omit<EmulatorOptions, "queues" | "folder">> & {
  intercept?: Intercept;
  isForAnySdk?: boolean;
} = {}) {
  const folder = temporaryFolder();
  const cloud = await startLocalCloud(
    (queues) =>
      makeEmulator({
        ...{
          queues,
          folder: new Folder({ "": folder }),
          visibilityTimeoutSeconds,
          maxReceiveCount,
          onAnswered,
        },
      }),
    intercept,
    isForAnySdk,
  );
  const { endpoint, region, credentials } = cloud;
  const sqs = new SQSClient({ endpoint, region, credentials });
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  onTestFinished(async () => {
    sqs.destroy();
    s3.destroy();
    await cloud.close();
  });
  return { cloud, folder, sqs, s3 };
}
