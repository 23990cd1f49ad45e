import { basename, dirname } from "node:path";
import { isOurTemporary } from "../../shared/ports/file/temporaries.ts";
import { describeError, InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { printDebug } from "./debug.ts";

/** Prints what ended a command, as a sentence. Returns it, as bad input where it is that. */
export function tellError(thrown: unknown): unknown {
  const error = withPathAsInput(thrown);
  process.stderr.write(`${describeError(error)}\n`);
  printDebug(thrown);
  return error;
}

/** What a file system answers to a user who may not do this there. */
const REFUSALS: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "a read-only file system",
};

/**
 * The error of a path that this user may not read or write, as bad input: another user's job, a disk that is mounted to
 * be read. Any other error as it is.
 */
function withPathAsInput(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code = "", path } = error as NodeJS.ErrnoException;
  const answer = Object.hasOwn(REFUSALS, code) && REFUSALS[code];
  if (path === undefined || !answer) return error;
  // The user knows the folder, and not the file that is renamed once it is whole.
  const known = isOurTemporary(basename(path)) ? dirname(path) : path;
  return new InvalidInputError(show(known), "open to this user", `${answer} (${code})`);
}
