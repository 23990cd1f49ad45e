import { randomUUID } from "node:crypto";
import { InvalidInputError } from "../validation/errors.ts";
import { AwsError } from "./aws/aws-error.ts";
import { JOBS_PREFIX } from "./keys.ts";
import type { Store } from "./store.ts";

/** At the same moment, and one after them: a store that looks first and writes then refuses only the latter. */
const WRITERS = 8;

/** A store that is looked at, and what removes an object of it. */
export type Probed = Pick<Store, "putIfAbsent"> & { delete(key: string): Promise<void> };

/**
 * How a store fails where an object is to be stored only if there is none (S3: If-None-Match), as a clause about the store; undefined
 * where it does not. Writes one object of its own, many times, and removes it. Rejects where the store cannot be reached or written at all.
 */
export async function conditionFault(store: Probed): Promise<string | undefined> {
  // `list` skips it: a job without job.json is no job.
  const key = `${JOBS_PREFIX}doctor-${randomUUID()}/probe`;
  const write = (writer: number) => store.putIfAbsent(key, Uint8Array.of(writer));
  try {
    const together = await Promise.allSettled(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
    const later = await write(WRITERS);
    const puts = [...together.map((put) => settledAs(put)), later];
    const stored = puts.filter((put) => put === "stored").length;
    return stored > 1 ? `let ${stored} of ${puts.length} writers of one key store` : undefined;
  } catch (error) {
    if (error instanceof AwsError && error.status === 501) return `refuses it (${error.code})`;
    throw error;
  } finally {
    await store.delete(key).catch(() => {}); // what was wrong before is what counts
  }
}

function settledAs<Value>(settled: PromiseSettledResult<Value>): Value {
  if (settled.status === "rejected") throw settled.reason;
  return settled.value;
}

/** Throws InvalidInputError for a store whose conditional writes are none; `shown` is what `--store` said. */
export async function expectConditional(store: Probed, shown: string): Promise<void> {
  const fault = await conditionFault(store);
  if (fault === undefined) return;
  const expected = "a store that keeps the first of two objects that are written only if there is none";
  throw new InvalidInputError("--store", expected, `${shown}, which ${fault}`, WHY_CONDITIONAL);
}

/** For users whose store has none. */
export const WHY_CONDITIONAL =
  "There, each of two workers that disagree would count as the first. S3 itself, versitygw and `rclone serve s3` keep it (If-None-Match: *).";
