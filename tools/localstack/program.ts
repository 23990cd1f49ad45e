import { spawn } from "node:child_process";
import { endWithUs } from "../../client/local/guard.js";
import { ProgramError } from "./command.ts";

const END_LIMIT_MS = 5_000;

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Receives the program's output as it comes. */
  readonly tell?: ((text: string) => void) | undefined;
  /** Ends the program, and all its children. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a program to its end, without input. Rejects with ProgramError if it fails, with all its output if there is no
 * `tell`. If `signal` ended it, rejects with the signal's reason, after all its processes have ended.
 */
export function runProgram(
  command: string,
  args: readonly string[],
  { tell, signal, ...settings }: ProgramOptions = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    // In a process group of its own; else its children (a CDK app, pip in a new venv) would outlive it.
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
      // As Ctrl-C in a terminal would, for every kind of interruption.
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
        signalGroup(child.pid, "SIGKILL"); // for children that ignore SIGINT and write elsewhere
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
    // ESRCH: every process of the group has ended.
  }
}
