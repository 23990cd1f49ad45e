import { randomUUID } from "node:crypto";
import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, PutObjectCommand } from "@aws-sdk/client-s3";
import { JOBS_PREFIX } from "../../shared/ports/keys.ts";
import type { Clients } from "./clients.ts";
import { type AwsFault, isForbidden } from "./cloud-errors.ts";
import type { Deployment } from "./deployment.ts";

export interface BucketProbe {
  /** What it does with an object under a condition; `readOnly` where the client may not write, of which a run has no need. */
  readonly writes: "conditional" | "unconditional" | "readOnly";
  /** What it does instead. */
  readonly why?: string;
}

/**
 * Uses the bucket as a run does: lists and reads. Then it writes an object of its own twice, under the condition that there
 * is none, and removes it. Rejects with the SDK's error where listing, reading or removing fails.
 */
export async function probeBucket(
  { s3 }: Clients,
  { bucket: Bucket }: Deployment,
  list: (prefix: string) => AsyncIterable<string>,
): Promise<BucketProbe> {
  // A job without job.json is none to `list`.
  const Key = `${JOBS_PREFIX}doctor-${randomUUID()}/probe`;
  for await (const _ of list(Key)) break;
  await s3.send(new GetObjectCommand({ Bucket, Key })).catch((error: unknown) => {
    if (!(error instanceof NoSuchKey)) throw error;
  });
  const put = new PutObjectCommand({ Bucket, Key, Body: "doctor", IfNoneMatch: "*" });
  try {
    await s3.send(put);
  } catch (error) {
    if (isForbidden(error)) return { writes: "readOnly" };
    return { writes: "unconditional", why: `refuses it (${(error as AwsFault).name})` };
  }
  try {
    await s3.send(put);
    return { writes: "unconditional", why: "passes over it" };
  } catch (error) {
    const { $metadata } = error as AwsFault;
    if ($metadata?.httpStatusCode === 412) return { writes: "conditional" };
    throw error;
  } finally {
    await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  }
}
