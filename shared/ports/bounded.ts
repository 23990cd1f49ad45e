/** What lies in a store may be anybody's, and what answers may be anything: neither may fill memory or go on for ever. */
import { ListingError, TooLargeError } from "../validation/errors.ts";

/** Of an object that is read as a whole: the largest chunk, or reports of one batch, with room. */
export const MOST_BYTES = 80 * 2 ** 20;
/** Of a record such as job.json: the longest, a summary that names a hundred failed chunks, has less. */
export const MOST_RECORD_BYTES = 4 * 2 ** 20;
/** Under any prefix: a few for each chunk of the largest job. */
const MOST_KEYS = 5_000_000;
/** S3 may leave pages empty, where many objects were deleted say. */
const MOST_EMPTY_PAGES = 1_000;

/** The same bytes. Throws TooLargeError where they are more; `what` they belong to. */
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

/** The same objects of a listing. Throws ListingError where they are more. */
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

/** Some objects of a listing, and what the request for the next ones must say, if there are more. */
export interface Page<Item> {
  readonly items: Iterable<Item>;
  readonly next: string | undefined;
}

/** What all pages of a listing have. Throws ListingError for more than MOST_KEYS, and where pages go on without anything new. */
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
