import { isPermanent } from "../../validation/errors.ts";
import { AwsError, isTransient } from "./aws-error.ts";

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

/**
 * S3's code for an object that cannot be used as it is, an archived one say; the embedded S3 has it for a link, a FIFO or a
 * folder in a file's place. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export const UNUSABLE_OBJECT = "InvalidObjectState";

/** True where the reason lies in the object. Other refusals (credentials, a policy that is being changed) may be over in a minute. */
export function isUnusableObject(error: unknown): boolean {
  return error instanceof AwsError && error.code === UNUSABLE_OBJECT;
}

/** What is read, or undefined where the store does not give it out. */
export async function unlessRefused<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!isRefusedRead(error)) throw error;
    return undefined;
  }
}
