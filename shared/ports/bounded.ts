/**
 * Bounds for objects and answers: a store may hold any user's objects, and a server may answer anything. Neither may
 * fill memory or run without an end.
 */
import { ListingError, TooLargeError } from "../validation/errors.ts";

/** The limit for an object that is read as a whole: the largest chunk, or the reports of one batch, with room. */
export const MOST_BYTES = 80 * 2 ** 20;
/** The limit for a record such as job.json: the longest, a summary that names a hundred failed chunks, is smaller. */
export const MOST_RECORD_BYTES = 4 * 2 ** 20;
/** The limit for keys under any prefix: a few for each chunk of the largest job. */
const MOST_KEYS = 5_000_000;
/** S3 may return empty pages, for example after many deletions. */
const MOST_EMPTY_PAGES = 1_000;

/** Passes bytes through. Throws TooLargeError beyond `mostBytes`; `what` names their owner. */
export async function* atMostBytes(
  parts: AsyncIterable<Uint8Array>,
  mostBytes: number,
  what: string,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const part of parts) {
    bytes += part.length;
    if (bytes > mostBytes) throw new TooLargeError(what, mostBytes);
    yield part;
  }
}

/** Passes the objects of a listing through. Throws ListingError beyond `most`. */
export async function* atMost<Item>(
  most: number,
  prefix: string,
  items: AsyncIterable<Item>,
): AsyncGenerator<Item> {
  let count = 0;
  for await (const item of items) {
    if (++count > most) throw tooMany(prefix, most);
    yield item;
  }
}

/** Some objects of a listing, and the token for the next ones, if there are more. */
export interface Page<Item> {
  readonly items: Iterable<Item>;
  readonly next: string | undefined;
}

/**
 * The objects of all pages of a listing. Throws ListingError beyond MOST_KEYS, and after too many pages without
 * anything new.
 */
export async function* allPages<Item>(
  prefix: string,
  readPage: (token: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<Item> {
  let token: string | undefined;
  let [count, emptyPages] = [0, 0];
  do {
    const { items, next } = await readPage(token);
    const before = count;
    for (const item of items) {
      if (++count > MOST_KEYS) throw tooMany(prefix, MOST_KEYS);
      yield item;
    }
    emptyPages = count > before ? 0 : emptyPages + 1;
    if (next && (next === token || emptyPages > MOST_EMPTY_PAGES))
      throw new ListingError(prefix, "come to its end, it goes on without anything new");
    token = next;
  } while (token);
}

const tooMany = (prefix: string, most: number) =>
  new ListingError(prefix, `have at most ${most} objects, there are more`);
