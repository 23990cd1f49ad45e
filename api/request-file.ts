import { constants, createReadStream, openSync, statSync } from "node:fs";
import { Socket } from "node:net";
import { dirname } from "node:path";
import { InvalidInputError } from "../shared/validation/errors.ts";
import { show } from "../shared/validation/parse.ts";

/** A job request usually has a kilobyte or two. */
const MOST_BYTES = 2 ** 20;

/** The text of a file, of a pipe such as bash's `<(…)`, or for `-` of stdin. Throws InvalidInputError that names `field`. */
export async function readRequestFile(path: string, field: string): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of streamOf(path)) {
      bytes += part.length;
      // Checked while reading, because /dev/zero has no end; leaving the loop closes the stream.
      if (bytes > MOST_BYTES) throw tooLong(path, field);
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof InvalidInputError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new InvalidInputError(field, "a readable file", `${show(path)} (${code})`);
  }
  return Buffer.concat(parts).toString();
}

/** Where the paths in a request begin: at its file's folder, or at the current one if it came through a pipe. */
export function folderOfRequest(path: string): string {
  return path === "-" || statSync(path).isFIFO() ? "." : dirname(path);
}

/** A file, a pipe, or for `-` stdin. */
export function streamOf(path: string): AsyncIterable<Buffer> {
  if (path === "-") return process.stdin;
  if (!statSync(path).isFIFO()) return createReadStream(path);
  // With O_NONBLOCK, because opening a pipe would otherwise block the process until a writer comes, and no signal
  // handler would run meanwhile.
  return new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK) });
}

function tooLong(path: string, field: string): InvalidInputError {
  return new InvalidInputError(field, `at most ${MOST_BYTES} bytes`, `${show(path)}, which has more`);
}
