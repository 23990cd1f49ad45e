import { setImmediate as turn } from "node:timers/promises";

/** Watches whether printed output arrives. */
export interface Output {
  /** Resolves once all output is written or has failed: to false if a result was lost, after a sentence on stderr. */
  end(): Promise<boolean>;
}

/**
 * A reader that stops reading, as `head` does, has enough: that is no failure. Any other failure of stdout, such as a
 * full disk, loses a result. stderr has remarks only, so its failures do not end the program.
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

/** A full pipe takes its time, and Node reports an error one turn of the event loop later. */
async function written(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength > 0) await new Promise((resolve) => stream.write("", resolve));
  await turn();
}
