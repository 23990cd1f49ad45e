import { isPermanent } from "../../validation/errors.ts";
import { AwsError, isTransient } from "./aws-error.ts";

/**
 * Errors that the file system repeats each time: no permission, a device or socket in the file's place, a broken disk.
 */
const REFUSALS: ReadonlySet<string> = new Set(["EACCES", "EPERM", "ENXIO", "EIO", "EBADMSG"]);

/**
 * True if the store will refuse an object on every attempt: S3 by a 4xx, a disk by an error of its own. A caller must
 * not wait for such an object.
 */
export function isRefusedRead(error: unknown): boolean {
  if (error instanceof AwsError) return !isTransient(error);
  return isPermanent(error) || REFUSALS.has((error as NodeJS.ErrnoException | undefined)?.code ?? "");
}

/**
 * S3's code for an object that cannot be read in its state, such as an archived one; the embedded S3 has it for a link,
 * a FIFO or a folder in a file's place. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export const UNUSABLE_OBJECT = "InvalidObjectState";

/**
 * True if the reason lies in the object. Other refusals (credentials, a policy that is being changed) may pass in a
 * minute.
 */
export function isUnusableObject(error: unknown): boolean {
  return error instanceof AwsError && error.code === UNUSABLE_OBJECT;
}

/** The result of `read`, or undefined if the store refuses it for good. */
export async function unlessRefused<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!isRefusedRead(error)) throw error;
    return undefined;
  }
}
