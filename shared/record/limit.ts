/** What a job may cost, as its splitter noted it, and which of its slots are taken: `spend/`. */
import * as v from "valibot";
import { RoundSchema } from "../messages/chunk-message.ts";
import { jobKeys } from "../ports/keys.ts";
import { getParsed, jsonBytes, putJson, type Store, type StoreReader } from "../ports/store.ts";
import { count, finite } from "../validation/numbers.ts";
import { versioned } from "../validation/versioned.ts";

/** USD. */
const RatesSchema = v.object({
  perSlot: finite,
  perInvocation: finite,
  perMs: finite,
  perMessage: finite,
  perChunk: finite,
});
export type Rates = v.InferOutput<typeof RatesSchema>;

const LimitSchema = versioned(1, {
  /** The latest round that it was written for. */
  round: RoundSchema,
  maxUsd: finite,
  /** For all rounds' stages beside the workers. */
  reservedUsd: finite,
  /** The worst that one invocation of a worker can cost. */
  slotUsd: finite,
  slots: count,
  rates: RatesSchema,
  /** What an invocation of a worker can take, its start included. */
  longestMs: count,
});
export type Limit = v.InferOutput<typeof LimitSchema>;

const SlotSchema = versioned(1, { taker: v.string() });

const limitKey = (jobId: string) => `${jobKeys(jobId).spend}limit.json`;
const slotKey = (jobId: string, slot: number) => `${jobKeys(jobId).spend}${slot}.json`;

/** Undefined where the job has none. Throws InvalidInputError where it is damaged, and NewerVersionError. */
export function readLimit(store: Pick<StoreReader, "get">, jobId: string): Promise<Limit | undefined> {
  return getParsed(store, limitKey(jobId), LimitSchema);
}

export function writeLimit(
  store: Pick<Store, "put">,
  jobId: string,
  limit: Omit<Limit, "version">,
): Promise<void> {
  return putJson(store, limitKey(jobId), { version: 1, ...limit });
}

/**
 * Takes the slot for `taker`, a name that is used for this once: by it a taker knows its own slot again whose answer was lost. False where
 * it is another's.
 */
export async function takeSlot(
  store: Pick<Store, "get" | "putIfAbsent">,
  jobId: string,
  slot: number,
  taker: string,
): Promise<boolean> {
  const key = slotKey(jobId, slot);
  if ((await store.putIfAbsent(key, jsonBytes({ version: 1, taker }))) === "stored") return true;
  return (await getParsed(store, key, SlotSchema))?.taker === taker;
}

/** The slots that are taken. */
export async function takenSlots(store: Pick<StoreReader, "list">, jobId: string): Promise<Set<number>> {
  const { spend } = jobKeys(jobId);
  const taken = new Set<number>();
  for await (const key of store.list(spend)) {
    const [, slot] = /^(\d{1,15})\.json$/.exec(key.slice(spend.length)) ?? [];
    if (slot !== undefined) taken.add(Number(slot));
  }
  return taken;
}
