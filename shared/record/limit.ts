/** What a job may cost, as its splitter noted it, and which parts of that are taken: `spend/`. */
import * as v from "valibot";
import { RoundSchema } from "../messages/chunk-message.ts";
import { jobKeys } from "../ports/keys.ts";
import { getParsed, jsonBytes, putJson, type Store, type StoreReader } from "../ports/store.ts";
import { count, finite } from "../validation/numbers.ts";
import { versioned } from "../validation/versioned.ts";

/** What a request costs nowhere: for limits of version 2, whose workers were charged by message and chunk. */
const DEAR_USD = 1e-5;
const DEAR_MESSAGE_USD = 5e-5;

/** USD. */
const RatesSchema = v.object({
  /** A worker's. */
  perInvocation: finite,
  perMs: finite,
  /** What a message can ask for at the most, beside its chunks: its worker holds that much before it begins. */
  perMessage: finite,
  perChunk: finite,
  /** The same for a message that has to be sent again since no seat is free. */
  perWait: finite,
  perPut: v.optional(finite, DEAR_USD),
  perGet: v.optional(finite, DEAR_USD),
  perSqs: v.optional(finite, DEAR_USD),
  /** For a message's delivery, and that of its report, which an aggregator may have to drop. */
  perReport: v.optional(finite, DEAR_MESSAGE_USD),
  /** An aggregator's; absent in version 2, where messages paid for it. */
  own: v.optional(
    v.object({
      perInvocation: finite,
      perMs: finite,
      /** What a look can take, which is held before it begins. */
      perLook: finite,
      /** What reading a batch once more takes, at the job's end. */
      perBatch: finite,
      /** For a check that is sent again, since it came before its time. */
      perSkip: finite,
    }),
  ),
});
export type Rates = v.InferOutput<typeof RatesSchema>;

/** 3 since requests are paid as they are made, and by aggregators too. */
const LIMIT_VERSION = 3;

const LimitSchema = versioned(LIMIT_VERSION, {
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
  /** What all rounds together were expected to pay in coins. */
  expectedUsd: v.optional(finite),
  rates: RatesSchema,
  /** What an invocation of a worker can take, its start included. */
  longestMs: count,
});
export type Limit = v.InferOutput<typeof LimitSchema>;

/** What is taken of a limit, each number once: `end` is what is set aside for a round's last invocation of an aggregator. */
export type Part = "seat" | "coin" | "end";

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
  return putJson(store, limitKey(jobId), { version: LIMIT_VERSION, ...limit });
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
