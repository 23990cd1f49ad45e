import { fstatSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";

/**
 * Whether this process was started by nohup, so that hanging up is not to end it. The kernel would not tell: Node takes back
 * that SIGHUP is ignored before it runs anything. What is left of nohup is its name, where a shell such as bash or zsh noted
 * it, and what it puts in the place of a terminal: an output file, and an input that nobody can read.
 */
export function isUnderNohup(): boolean {
  if (basename(process.env._ ?? "") === "nohup") return true;
  return ["nohup.out", join(homedir(), "nohup.out")].some(isStdout) || isInputUnreadable();
}

function isStdout(path: string): boolean {
  const file = statSync(path, { throwIfNoEntry: false });
  const { dev, ino } = fstatSync(1);
  return file?.ino === ino && file.dev === dev;
}

/** Linux only: elsewhere nohup leaves the input alone. */
function isInputUnreadable(): boolean {
  try {
    const [, flags = ""] = /^flags:\s*([0-7]+)/m.exec(readFileSync("/proc/self/fdinfo/0", "utf8")) ?? [];
    return (Number.parseInt(flags, 8) & 3) === 1;
  } catch {
    return false;
  }
}

const LOOK_MS = 500;
/** What npm and npx may run a script in, which then waits for it and outlives them. */
const SHELL = /^\((sh|ash|bash|dash|ksh|zsh)\)$/;

/**
 * Ends this process, as `kill` would, soon after the npm that started it: one that is killed does not tell. Not after any
 * parent, as a shell may well end before what it started in the background.
 */
export function endWithNpm(): void {
  const npm = npmAbove();
  const timer = setInterval(() => {
    if (npmAbove() === npm) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, LOOK_MS);
  timer.unref();
}

/** The parent, or that of the shell between. Where there is no /proc the shell is one that leaves its place to what it runs. */
function npmAbove(): number {
  try {
    const [, name = "", above] =
      /(\(.*\)) \S+ (\d+)/s.exec(readFileSync(`/proc/${process.ppid}/stat`, "utf8")) ?? [];
    return SHELL.test(name) ? Number(above) : process.ppid;
  } catch {
    return process.ppid;
  }
}
