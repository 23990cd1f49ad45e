import { spawn } from "node:child_process";
import { endWithUs } from "../../cli/local/guard.js";
import { ProgramError } from "./command.ts";

const END_LIMIT_MS = 5_000;

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Gets what it says, while it says it. */
  readonly tell?: ((text: string) => void) | undefined;
  /** Ends it, and all that it has started. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a program to its end, without input. Rejects with ProgramError where it fails, with all that it said if there
 * is no `tell`; with the reason of `signal`, when nothing of it runs any more, where that has ended it.
 */
export function runProgram(
  command: string,
  args: readonly string[],
  { tell, signal, ...settings }: ProgramOptions = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    // In a process group of its own, or its children (a CDK app, pip in a new venv) would outlive it.
    const child = spawn(command, args, { ...settings, stdio: ["ignore", "pipe", "pipe"], detached: true });
    const release = child.pid === undefined ? undefined : endWithUs(-child.pid);
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        tell?.(text);
      });
    let killer: NodeJS.Timeout | undefined;
    const end = () => {
      // As Ctrl-C in a terminal would, however this was interrupted.
      signalGroup(child.pid, "SIGINT");
      killer = setTimeout(() => signalGroup(child.pid, "SIGKILL"), END_LIMIT_MS);
    };
    signal?.addEventListener("abort", end, { once: true });
    const forget = () => {
      clearTimeout(killer);
      signal?.removeEventListener("abort", end);
    };
    child.once("error", (error) => {
      forget();
      reject(new ProgramError(`${command} does not start: ${error.message}`, { cause: error }));
    });
    child.once("close", (code, name) => {
      forget();
      void release?.();
      if (signal?.aborted) {
        signalGroup(child.pid, "SIGKILL"); // what ignores SIGINT and writes elsewhere
        reject(signal.reason);
      } else if (code === 0) resolve();
      else {
        const call = `${command} ${args.join(" ")}`;
        reject(new ProgramError(`${call} ended with ${name ?? code}${tell ? "." : `:\n${said}`}`));
      }
    });
  });
}

function signalGroup(pid: number | undefined, name: NodeJS.Signals): void {
  try {
    if (pid) process.kill(-pid, name);
  } catch {
    // Nothing is left of it.
  }
}
