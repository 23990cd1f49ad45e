/** What a job may cost, as its splitter noted it, and which parts of that are taken: `spend/`. */
import * as v from "valibot";
import { RoundSchema } from "../messages/chunk-message.ts";
import { jobKeys } from "../ports/keys.ts";
import { getParsed, jsonBytes, putJson, type Store, type StoreReader } from "../ports/store.ts";
import { count, finite } from "../validation/numbers.ts";
import { versioned } from "../validation/versioned.ts";

/** USD. */
const RatesSchema = v.object({
  perInvocation: finite,
  perMs: finite,
  perMessage: finite,
  perChunk: finite,
  /** For a message that has to wait since no seat is free: what sending it again takes. */
  perWait: finite,
  /** For an attempt to take a seat or a coin, and for a page of those that are taken. */
  perTry: finite,
  perPage: finite,
});
export type Rates = v.InferOutput<typeof RatesSchema>;

const LimitSchema = versioned(2, {
  /** The latest round that it was written for. */
  round: RoundSchema,
  maxUsd: finite,
  /** For all rounds' stages beside the workers. */
  reservedUsd: finite,
  /** The worst that one invocation of a worker can cost by its time, and how many workers may be at work so. */
  seatUsd: finite,
  seats: v.object({ from: count, to: count }),
  /** What each worker may spend before it pays: it is set aside, and part of a seat. */
  creditUsd: finite,
  /** What workers pay with for what they did. */
  coinUsd: finite,
  coins: v.object({ from: count, to: count }),
  /** Seats that were free when the round began. */
  atOnce: count,
  rates: RatesSchema,
  /** What an invocation of a worker can take, its start included. */
  longestMs: count,
});
export type Limit = v.InferOutput<typeof LimitSchema>;

/** What is taken of a limit, each number once. */
export type Part = "seat" | "coin";

const TakenSchema = versioned(1, { taker: v.string() });

const limitKey = (jobId: string) => `${jobKeys(jobId).spend}limit.json`;
const prefixOf = (jobId: string, part: Part) => `${jobKeys(jobId).spend}${part}-`;

/** Undefined where the job has none. Throws InvalidInputError where it is damaged, and NewerVersionError. */
export function readLimit(store: Pick<StoreReader, "get">, jobId: string): Promise<Limit | undefined> {
  return getParsed(store, limitKey(jobId), LimitSchema);
}

export function writeLimit(
  store: Pick<Store, "put">,
  jobId: string,
  limit: Omit<Limit, "version">,
): Promise<void> {
  return putJson(store, limitKey(jobId), { version: 2, ...limit });
}

/**
 * Takes the seat or coin for `taker`, a name that is used for this once: by it a taker knows its own again whose answer was lost. False
 * where it is another's.
 */
export async function takePart(
  store: Pick<Store, "get" | "putIfAbsent">,
  jobId: string,
  { part, number, taker }: { readonly part: Part; readonly number: number; readonly taker: string },
): Promise<boolean> {
  const key = `${prefixOf(jobId, part)}${number}.json`;
  if ((await store.putIfAbsent(key, jsonBytes({ version: 1, taker }))) === "stored") return true;
  return (await getParsed(store, key, TakenSchema))?.taker === taker;
}

/** The numbers that are taken. */
export async function takenParts(
  store: Pick<StoreReader, "list">,
  jobId: string,
  part: Part,
): Promise<Set<number>> {
  const prefix = prefixOf(jobId, part);
  const taken = new Set<number>();
  for await (const key of store.list(prefix)) {
    const [, number] = /^(\d{1,15})\.json$/.exec(key.slice(prefix.length)) ?? [];
    if (number !== undefined) taken.add(Number(number));
  }
  return taken;
}
