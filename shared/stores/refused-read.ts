import { AwsError, isTransient } from "../aws/aws-error.ts";
import { isPermanent } from "../errors.ts";

/** What the file system answers each time: no permission, a device or socket in the file's place, a broken disk. */
const REFUSALS: ReadonlySet<string> = new Set(["EACCES", "EPERM", "ENXIO", "EIO", "EBADMSG"]);

/**
 * True where the store will not give an object out however often it is asked: S3 by a 4xx, a disk by an error of its own.
 * Whoever waits for such an object waits for ever.
 */
export function isRefusedRead(error: unknown): boolean {
  if (error instanceof AwsError) return !isTransient(error);
  return isPermanent(error) || REFUSALS.has((error as NodeJS.ErrnoException | undefined)?.code ?? "");
}
