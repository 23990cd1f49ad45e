import { fstatSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { homeFolder } from "../../shared/build/home-folder.js";

/**
 * Whether nohup started this process, so that hanging up must not end it. The kernel cannot tell: Node resets an
 * ignored SIGHUP before it runs any code. Two traces of nohup remain. One is its name, if a shell such as bash or zsh
 * noted it. The other is what it puts in place of a terminal: an output file, and an input that cannot be read.
 */
export function isUnderNohup(): boolean {
  if (basename(process.env._ ?? "") === "nohup") return true;
  return ["nohup.out", join(homeFolder(), "nohup.out")].some(isStdout) || isInputUnreadable();
}

function isStdout(path: string): boolean {
  try {
    const [file, stdout] = [statSync(path), fstatSync(1)];
    return file.ino === stdout.ino && file.dev === stdout.dev;
  } catch {
    return false; // none is there, or this user may not look into its folder
  }
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
/** Shells that npm and npx may run a script in. Such a shell waits for the script and outlives npm. */
const SHELL = /^\((sh|ash|bash|dash|ksh|zsh)\)$/;

/**
 * Ends this process, as `kill` would, soon after the npm that started it: a killed npm does not pass the signal on. Not
 * after any parent, because a shell may well end before its background jobs.
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

/**
 * The parent, or the shell's parent if a shell is between. Without /proc, the shell replaces itself by the program it
 * runs.
 */
function npmAbove(): number {
  try {
    const [, name = "", above] =
      /(\(.*\)) \S+ (\d+)/s.exec(readFileSync(`/proc/${process.ppid}/stat`, "utf8")) ?? [];
    return SHELL.test(name) ? Number(above) : process.ppid;
  } catch {
    return process.ppid;
  }
}
