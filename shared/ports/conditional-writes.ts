import { randomUUID } from "node:crypto";
import { AwsError } from "./aws/aws-error.ts";
import { JOBS_PREFIX } from "./keys.ts";
import type { Store } from "./store.ts";

/** At the same moment: a store that looks first and writes then refuses a second writer, and not one who writes meanwhile. */
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
    const at = Array.from({ length: WRITERS }, (_, writer) => write(writer));
    const puts = await Promise.allSettled(at);
    for (const put of puts) if (put.status === "rejected") throw put.reason;
    const stored = puts.filter((put) => put.status === "fulfilled" && put.value === "stored").length;
    if (stored > 1) return `let ${stored} of ${WRITERS} writers of one key store`;
    return (await write(WRITERS)) === "exists" ? undefined : "passes over it";
  } catch (error) {
    if (error instanceof AwsError && error.status === 501) return `refuses it (${error.code})`;
    throw error;
  } finally {
    await store.delete(key).catch(() => {}); // what was wrong before is what counts
  }
}
