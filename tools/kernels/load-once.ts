import { startThread } from "../../client/threads/start-thread.ts";
import { describeError, InvalidInputError } from "../../shared/validation/errors.ts";
import { printable } from "../../shared/validation/printable.ts";
import type { LoadReport } from "./load-thread.ts";

/** What loading a file may take. A kernel that prepares a table at load has seconds, one that never ends has no more. */
export interface LoadLimits {
  readonly ms: number;
  readonly memoryMb: number;
}
const LOAD_LIMITS: LoadLimits = { ms: 10_000, memoryMb: 512 };

/**
 * Evaluates an artifact in a thread of its own, without this process's environment, and resolves to the outline of what
 * it exports. Throws InvalidInputError that names the file, and the line where there is one, if the file throws, ends the
 * thread, or takes more time or memory than the limits.
 */
export async function loadOnce(code: string, name: string, limits = LOAD_LIMITS): Promise<unknown> {
  const worker = startThread("load", code, {
    env: {},
    execArgv: [],
    // What the file prints while it loads would come twice, and stdout is the command's result.
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb },
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const report = await new Promise<LoadReport>((resolve, reject) => {
      const refuse = (expected: string, received: string) =>
        reject(new InvalidInputError(name, expected, received));
      timer = setTimeout(
        () => refuse(`a file that loads within ${limits.ms / 1000} s`, "one that goes on"),
        limits.ms,
      );
      worker.once("message", resolve);
      worker.once("error", (error: unknown) => {
        if ((error as NodeJS.ErrnoException | null)?.code === "ERR_WORKER_OUT_OF_MEMORY")
          refuse(`a file that loads within ${limits.memoryMb} MB`, "one that takes more");
        else refuse("a file that loads", describeError(error).replace(/\.$/, ""));
      });
      worker.once("exit", () => refuse("a file that loads", "one that ends its process"));
    });
    if ("outline" in report) return report.outline;
    const thrown = printable(report.thrown).slice(0, 300).replace(/\.$/, "");
    const place = report.place ? ` at ${printable(report.place)}` : "";
    throw new InvalidInputError(name, "a file that loads", thrown + place);
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
