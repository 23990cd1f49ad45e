import * as v from "valibot";
import { NewerVersionError } from "../validation/errors.ts";
import { parse, parseJson } from "../validation/parse.ts";
import { newerVersion } from "../validation/versioned.ts";
import { unlessRefused } from "./aws/refused-read.ts";
import { MOST_RECORD_BYTES } from "./bounded.ts";

/**
 * Objects under keys: S3, or a folder with the bucket's layout. When `put` returns, the object is stored whole; a
 * reader never sees half of one. Absence is `undefined`, never an error.
 */
export interface Store extends StoreReader {
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Stores the object if the key is free, else leaves the existing one: of several writers exactly one stores. */
  putIfAbsent(key: string, bytes: Uint8Array): Promise<Put>;
  /** Stores the concatenation of `parts`, which may be larger than memory. */
  putStream(key: string, parts: AsyncIterable<Uint8Array>): Promise<void>;
}

/** The outcome of `putIfAbsent`. */
export type Put = "stored" | "exists";

export interface StoreReader {
  /** Throws TooLargeError beyond `mostBytes`; default MOST_BYTES. */
  get(key: string, mostBytes?: number): Promise<Uint8Array | undefined>;
  /** The keys that start with `prefix`, in the order of their bytes. */
  list(prefix: string): AsyncIterable<string>;
}

/** The advice for a damaged document: the program cannot repair it, because only its writer knew the content. */
const DAMAGED = "It is damaged, or of another version: put it back from a copy.";

/**
 * A stored JSON document as a value, not yet parsed by any schema. Throws InvalidInputError naming its key if it is no
 * JSON; `hint` tells the user what to do.
 */
export async function getJson(
  store: Pick<StoreReader, "get">,
  key: string,
  hint = DAMAGED,
): Promise<unknown> {
  const bytes = await store.get(key, MOST_RECORD_BYTES);
  return bytes && parseJson(new TextDecoder().decode(bytes), key, hint);
}

/**
 * A stored JSON document parsed by its schema, or undefined if there is none. Throws InvalidInputError naming its key
 * if it is damaged, with `hint`, which tells the user what to do; and NewerVersionError.
 * @example
 * const job = await getParsed(store, "jobs/j1/job.json", StoredJobSchema);
 */
export async function getParsed<const Schema extends v.GenericSchema>(
  store: Pick<StoreReader, "get">,
  key: string,
  schema: Schema,
  hint = DAMAGED,
): Promise<v.InferOutput<Schema> | undefined> {
  const value = await getJson(store, key, hint);
  return value === undefined ? undefined : parse(schema, value, key, hint);
}

/**
 * Like getParsed, for a document that is derived from others and can be written again: undefined also if it is damaged
 * or cannot be read. A newer version is no damage, and an older program must not overwrite it: throws
 * NewerVersionError.
 */
export async function getDerived<const Schema extends v.GenericSchema>(
  store: Pick<StoreReader, "get">,
  key: string,
  schema: Schema,
): Promise<v.InferOutput<Schema> | undefined> {
  const bytes = await unlessRefused(() => store.get(key, MOST_RECORD_BYTES));
  return bytes && parsedOrNothing(schema, bytes, key);
}

/**
 * The document's value, or undefined if the bytes are no such document. Throws NewerVersionError, which names it
 * `what`.
 */
export function parsedOrNothing<const Schema extends v.GenericSchema>(
  schema: Schema,
  bytes: Uint8Array,
  what: string,
): v.InferOutput<Schema> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const newer = newerVersion(result.issues[0]);
  if (newer) throw new NewerVersionError(what, newer);
  return undefined;
}

export async function putJson(store: Pick<Store, "put">, key: string, value: unknown): Promise<void> {
  await store.put(key, jsonBytes(value));
}

/** A JSON document as it is stored. */
export function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}
