import { constants } from "node:os";

/** A fault that the user can mend: the message is a sentence that says how, shown without a stack. Exit code 2. */
export class UsageError extends Error {}

/** A program failed. The message names it, and has its output unless that was shown already. Exit code 1. */
export class ProgramError extends Error {}

const INTERRUPTIONS = ["SIGHUP", "SIGINT", "SIGTERM"] as const;

/**
 * Runs a command's main function, and prints errors that have a sentence for the user. `interrupted` aborts with the
 * first Ctrl-C, SIGTERM or hang-up. An error that main throws after that is a consequence of the signal, so the exit
 * code is the shell's for that signal (130 after Ctrl-C).
 */
export async function runCommand(main: (interrupted: AbortSignal) => Promise<number>): Promise<void> {
  const interruption = new AbortController();
  let by: (typeof INTERRUPTIONS)[number] | undefined;
  for (const name of INTERRUPTIONS)
    process.on(name, () => {
      by ??= name;
      interruption.abort();
    });
  try {
    process.exitCode = await main(interruption.signal);
  } catch (error) {
    if (by) {
      process.exitCode = 128 + constants.signals[by];
      return;
    }
    if (!(error instanceof UsageError || error instanceof ProgramError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
