import { spawn } from "node:child_process";
import { join } from "node:path";
import { MAIN } from "./cli.ts";

export interface Terminal {
  /** What was drawn so far, with its control sequences. */
  readonly screen: string;
  type(text: string): void;
  /** Resolves once the screen matches; rejects with the screen where the command ends first. */
  shows(pattern: RegExp): Promise<void>;
  readonly ended: Promise<number | null>;
  /** Ends it where it has not ended. */
  kill(): void;
}

interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Runs `manyhands` in a pseudo-terminal, as a user at a keyboard would. */
export const openTerminal = (args: readonly string[], place: Place): Terminal =>
  openProgram([process.execPath, MAIN, ...args], place);

/** Runs any program in one. */
export function openProgram(command: readonly string[], { cwd, env }: Place): Terminal {
  const child = spawn("python3", [join(import.meta.dirname, "terminal.py"), ...command], {
    cwd,
    env: { ...process.env, ...env, TERM: "xterm-256color", NO_COLOR: "", FORCE_COLOR: undefined },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let screen = "";
  let onChange = () => {};
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    screen += text;
    onChange();
  });
  let over = false;
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      over = true;
      onChange();
      resolve(code);
    });
  });
  return {
    get screen() {
      return screen;
    },
    type: (text) => child.stdin.write(text),
    shows: (pattern) =>
      new Promise((resolve, reject) => {
        onChange = () => {
          if (pattern.test(screen)) resolve();
          else if (over) reject(new Error(`Expected ${pattern} on the screen, it ended with:\n${screen}`));
        };
        onChange();
      }),
    ended,
    kill: () => child.kill("SIGKILL"),
  };
}
