import { counted } from "../../shared/validation/counted.ts";
import type { Cloud } from "./cloud.ts";
import { CloudError } from "./cloud-errors.ts";
import { DeleteObjectsCommand } from "./sdk.ts";

/** S3's limit. */
const KEYS_PER_REQUEST = 1000;

/** Removes the objects, in this order. `owner` is theirs, for the sentence. Throws CloudError where some stay. */
export async function removeObjects(
  { clients, deployment }: Cloud,
  keys: readonly string[],
  owner: string,
): Promise<void> {
  for (let at = 0; at < keys.length; at += KEYS_PER_REQUEST) {
    const { Errors: [first, ...others] = [] } = await clients.s3.send(
      new DeleteObjectsCommand({
        Bucket: deployment.bucket,
        Delete: { Objects: keys.slice(at, at + KEYS_PER_REQUEST).map((Key) => ({ Key })), Quiet: true },
      }),
    );
    if (!first) continue;
    throw new CloudError(
      `Expected S3 to delete every object of ${owner}, ${counted(others.length + 1, "object")} stayed: ${first.Message ?? first.Code} The same command goes on.`,
    );
  }
}
