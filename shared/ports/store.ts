import * as v from "valibot";
import { NewerVersionError } from "../validation/errors.ts";
import { parse, parseJson } from "../validation/parse.ts";
import { newerVersion } from "../validation/versioned.ts";
import { unlessRefused } from "./aws/refused-read.ts";
import { MOST_RECORD_BYTES } from "./bounded.ts";

/**
 * A place for objects under keys: S3, or a folder with the bucket's layout. A `put` that returned is stored
 * whole; nobody ever sees half an object. Absence is `undefined`, never an error.
 */
export interface Store extends StoreReader {
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Stores it where nothing lies under the key yet, else leaves what lies there: of several writers one stores. */
  putIfAbsent(key: string, bytes: Uint8Array): Promise<Put>;
  /** Stores the concatenation of `parts`, which may be larger than memory. */
  putStream(key: string, parts: AsyncIterable<Uint8Array>): Promise<void>;
}

/** What became of an object that was to be stored only where there was none. */
export type Put = "stored" | "exists";

export interface StoreReader {
  /** Throws TooLargeError where it has more than `mostBytes`, MOST_BYTES unless something else is said. */
  get(key: string, mostBytes?: number): Promise<Uint8Array | undefined>;
  /** The keys that start with `prefix`, in the order of their bytes. */
  list(prefix: string): AsyncIterable<string>;
}

/** What to do about an object that is no such document: nobody but who stored it knows what it said. */
const DAMAGED = "It is damaged, or of another version: put it back from a copy.";

/**
 * A stored JSON document as a value, not yet parsed by any schema. Throws InvalidInputError naming its key where it is none;
 * `hint` says what to do then.
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
 * A stored JSON document as its schema types it, or undefined where there is none. Throws InvalidInputError naming its key
 * where it is damaged, with `hint`, which says what to do then; and NewerVersionError.
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
 * As getParsed, for what is derived from other objects and made again: undefined where it is damaged or not given out, too.
 * A newer version is no damage, and an older reader must not make it again: throws NewerVersionError.
 */
export async function getDerived<const Schema extends v.GenericSchema>(
  store: Pick<StoreReader, "get">,
  key: string,
  schema: Schema,
): Promise<v.InferOutput<Schema> | undefined> {
  const bytes = await unlessRefused(() => store.get(key, MOST_RECORD_BYTES));
  return bytes && parsedOrNothing(schema, bytes, key);
}

/** The document's value, or undefined where the bytes are no such document. Throws NewerVersionError, which calls it `what`. */
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
