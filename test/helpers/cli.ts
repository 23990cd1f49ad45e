import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";

export const MAIN = join(import.meta.dirname, "../../cli/main.js");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Starts the command line in a process of its own. `said` is what it has printed so far; `says` waits until it has
 * printed this, and throws where it ends before.
 */
export function startCli(
  args: readonly string[],
  { cwd = process.cwd(), stdin = "", env = {} as Readonly<Record<string, string>> } = {},
) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    ...{ cwd, stdio: ["pipe", "pipe", "pipe"] },
    // What the user's machine has learnt is none of a test's, and is not to learn from it: no file is below a device.
    env: { ...process.env, XDG_DATA_HOME: "/dev/null", ...env },
  });
  child.stdin.on("error", () => {}); // it may end without reading
  child.stdin.end(stdin);
  const code = new Promise<number | null>((resolve) => child.once("close", resolve));
  const ended = Promise.all([code, text(child.stdout), text(child.stderr)]).then(
    ([exit, stdout, stderr]) => ({ code: exit, stdout, stderr }),
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data) => {
      said += data;
    });
  const says = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const [found] = pattern.exec(said) ?? [];
        if (found !== undefined) resolve(found);
      };
      look();
      for (const stream of [child.stdout, child.stderr]) stream.on("data", look);
      void code.then((exit) => reject(new Error(`Expected ${pattern}, got an end by ${exit} after ${said}`)));
    });
  return { child, ended, said: () => said, says };
}

export function runCli(args: readonly string[], options = {}): Promise<Ended> {
  return startCli(args, options).ended;
}
