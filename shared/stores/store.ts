import type * as v from "valibot";
import { parse } from "../parse.ts";
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

/** A stored JSON document as a value, not yet parsed by any schema. */
export async function getJson(store: Pick<StoreReader, "get">, key: string): Promise<unknown> {
  const bytes = await store.get(key, MOST_RECORD_BYTES);
  return bytes && JSON.parse(new TextDecoder().decode(bytes));
}

/** A stored JSON document as its schema types it, or undefined where there is none. Throws InvalidInputError. */
export async function getParsed<const Schema extends v.GenericSchema>(
  store: Pick<StoreReader, "get">,
  key: string,
  schema: Schema,
): Promise<v.InferOutput<Schema> | undefined> {
  const value = await getJson(store, key);
  return value === undefined ? undefined : parse(schema, value, key);
}

export async function putJson(store: Pick<Store, "put">, key: string, value: unknown): Promise<void> {
  await store.put(key, jsonBytes(value));
}

/** A JSON document as it is stored. */
export function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}
