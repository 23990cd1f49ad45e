import { setImmediate as turn } from "node:timers/promises";

/** Follows what becomes of what is printed. */
export interface Output {
  /** Resolves once all of it is written, or cannot be: to false where a result was lost, which stderr has a sentence of. */
  end(): Promise<boolean>;
}

/**
 * A reader that stops reading, as `head` does, has all it wants. Any other failure of stdout, a full disk say, loses a result.
 * stderr has remarks only: that a terminal is gone, or a disk full, is no reason to end.
 */
export function watchOutput(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Output {
  let failure: NodeJS.ErrnoException | undefined;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") failure ??= error;
  });
  stderr.on("error", () => {});
  return {
    async end() {
      await written(stdout);
      if (failure) stderr.write(`Expected an output that can be written to, got ${failure.message}.\n`);
      await written(stderr);
      return failure === undefined;
    },
  };
}

/** A pipe that is full takes its time, and an error is told a turn later. */
async function written(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength > 0) await new Promise((resolve) => stream.write("", resolve));
  await turn();
}
