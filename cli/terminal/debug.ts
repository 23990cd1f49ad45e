import { printable } from "../../shared/validation/printable.ts";

/** Prints the stack of an error and of its causes, if MANYHANDS_DEBUG is set. */
export function printDebug(error: unknown): void {
  if (!process.env.MANYHANDS_DEBUG) return;
  for (let at = error, prefix = ""; at instanceof Error; at = at.cause, prefix = "Caused by: ")
    process.stderr.write(`${prefix}${at.stack?.split("\n").map(printable).join("\n")}\n`);
}
