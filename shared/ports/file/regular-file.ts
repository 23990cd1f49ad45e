import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, type Stats } from "node:fs";
import { InvalidInputError, TooLargeError } from "../../validation/errors.ts";
import { printable } from "../../validation/printable.ts";
import { MOST_BYTES } from "../bounded.ts";

const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
/** open(2)'s errors for a link, with O_NOFOLLOW, and for a socket. */
const NO_FILES: ReadonlySet<string> = new Set(["ELOOP", "ENXIO"]);

/**
 * The bytes of a file in a folder where other users may write. Opens without blocking: a FIFO in the file's place would
 * stop the process until a writer comes, and no signal handler would run. Throws InvalidInputError naming path and kind
 * if it is no regular file, TooLargeError beyond `mostBytes`, and Node's own errors, such as ENOENT.
 */
export function readRegularFile(path: string, mostBytes = MOST_BYTES): Buffer {
  const file = openOrName(path);
  try {
    const found = fstatSync(file);
    expectRegular(path, found);
    if (found.size > mostBytes) throw new TooLargeError(path, mostBytes);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** Throws InvalidInputError naming the path and its kind if it is no regular file. */
export function expectRegular(path: string, found: Stats): void {
  if (!found.isFile()) throw new InvalidInputError(printable(path), "a file", kindOf(found));
}

/** The kind of a file, for a sentence. */
export function kindOf(found: Stats): string {
  if (found.isFile()) return "a file";
  if (found.isDirectory()) return "a folder";
  if (found.isSymbolicLink()) return "a link";
  if (found.isFIFO()) return "a FIFO";
  return found.isSocket() ? "a socket" : "a device";
}

function openOrName(path: string): number {
  try {
    return openSync(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  } catch (error) {
    if (NO_FILES.has((error as NodeJS.ErrnoException).code ?? "")) expectRegular(path, lstatSync(path));
    throw error;
  }
}
