import { spawn } from "node:child_process";
import { constants } from "node:os";
import { endWithUs } from "../client/local/guard.js";

/**
 * Signals that end a process by default. SIGKILL is missing, because it cannot be handled: after it the guard ends the
 * child.
 */
const ENDING = /** @type {const} */ (["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"]);

/**
 * Runs the program with another Node and stands between it and the caller: the same streams, signals and exit code. The
 * child ends with this process. Runs on old versions of Node.
 * @param {string} node
 * @param {readonly string[]} args
 */
export function handOver(node, args) {
  const child = spawn(node, args, { stdio: "inherit" });
  const release = child.pid === undefined ? undefined : endWithUs(child.pid);
  for (const signal of ENDING) process.on(signal, () => child.kill(signal));
  process.on("SIGTSTP", () => {
    // Not SIGTSTP: the system drops it where no terminal is left that could let the child go on, and this process would stop alone.
    child.kill("SIGSTOP");
    process.kill(process.pid, "SIGSTOP");
  });
  process.on("SIGCONT", () => child.kill("SIGCONT"));
  child.on("error", ({ message }) => {
    process.stderr.write(
      `Expected Node 24 or later, or the one that npm ci installs, got ${process.version} and ${message}. ` +
        "npm ci --ignore-scripts leaves it out, and so may pnpm and yarn.\n",
    );
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    void release?.();
    process.exitCode = code ?? 128 + (constants.signals[signal ?? "SIGTERM"] ?? 0);
  });
}
