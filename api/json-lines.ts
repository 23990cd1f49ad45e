import { InvalidInputError } from "../shared/validation/errors.ts";

const LINE_FEED = 0x0a;

export interface Line {
  /** Without its end. */
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

/**
 * The lines of a stream of UTF-8, however it is cut. Throws InvalidInputError with the line's number, beyond `mostBytes` without
 * reading on.
 */
export async function* linesOf(
  parts: AsyncIterable<Uint8Array>,
  name: string,
  mostBytes: number,
): AsyncGenerator<Line> {
  let begun: Uint8Array[] = [];
  let begunBytes = 0;
  let number = 1;
  const add = (part: Uint8Array) => {
    begun.push(part);
    begunBytes += part.length;
    // The end of a line on Windows is no part of it.
    if (begunBytes > mostBytes + 1)
      throw new InvalidInputError(`${name}:${number}`, `at most ${mostBytes} bytes`, "more");
  };
  const take = (): Line => {
    const text = decoded(begun, `${name}:${number}`);
    begun = [];
    begunBytes = 0;
    return { text, number: number++ };
  };
  for await (const part of parts) {
    let start = 0;
    for (let end = part.indexOf(LINE_FEED); end >= 0; end = part.indexOf(LINE_FEED, start)) {
      add(part.subarray(start, end));
      yield take();
      start = end + 1;
    }
    if (start < part.length) add(part.subarray(start));
  }
  if (begunBytes > 0) yield take();
}

function decoded(parts: readonly Uint8Array[], place: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(parts));
  } catch {
    throw new InvalidInputError(place, "UTF-8", "other bytes");
  }
}
