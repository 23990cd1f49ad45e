/** The user can mend it: the message is a sentence that says how, and is shown without a stack. Exit code 2. */
export class UsageError extends Error {}

/** A program failed. The message says which, and what it said unless that was shown already. Exit code 1. */
export class ProgramError extends Error {}

/** Runs a command's main function, and words the errors that have a sentence for the user. */
export async function runCommand(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof ProgramError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
