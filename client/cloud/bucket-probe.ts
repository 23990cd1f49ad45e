import { randomUUID } from "node:crypto";
import { JOBS_PREFIX } from "../../shared/ports/keys.ts";
import type { Clients } from "./clients.ts";
import { type AwsFault, isForbidden } from "./cloud-errors.ts";
import type { Deployment } from "./deployment.ts";
import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, PutObjectCommand } from "./sdk.ts";

export interface BucketProbe {
  /** How the bucket treats a conditional write; `readOnly` if the client may not write, which a run does not need. */
  readonly writes: "conditional" | "unconditional" | "readOnly";
  /** The reason, if writes are unconditional. */
  readonly why?: string;
}

/**
 * Uses the bucket as a run does: lists and reads. Then it writes an object of its own twice, under the condition that
 * the object does not exist, and removes it. Rejects with the SDK's error if listing, reading or removing fails.
 */
export async function probeBucket(
  { s3 }: Clients,
  { bucket: Bucket }: Deployment,
  list: (prefix: string) => AsyncIterable<string>,
): Promise<BucketProbe> {
  // `list` skips it: a job without job.json is no job.
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
