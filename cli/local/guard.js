import { spawn } from "node:child_process";

/**
 * Kills processes that this one started as soon as this one has ended, by SIGKILL too. The guard is a shell that reads
 * from a pipe: whatever ends this process, the kernel closes the pipe. The processes could not see to that themselves: one
 * that computes hears nothing, and a thread that listens costs each of them 34 ms of CPU and 19 MB. The shell costs 3 ms, once.
 */

/** The last line that came names the processes. In a session of its own, Ctrl-C and Ctrl-Z do not reach it. */
const GUARD =
  'trap "" HUP INT QUIT TERM; while read -r line; do pids=$line; done; [ -z "$pids" ] || kill -s KILL -- $pids';

const /** @type {Set<number>} */ guarded = new Set();
let /** @type {ReturnType<typeof startGuard> | undefined} */ guard;

/**
 * From here on the process with this id, or the process group with its negative, ends no later than this one. What it
 * returns takes that back, and is to be called as soon as it has ended: another one may get its id. Resolves once no guard is
 * left that has nothing to do.
 * @param {number} pid
 * @returns {() => Promise<void>}
 */
export function endWithUs(pid) {
  // To `kill`, 0 is its own group, and -1 whatever it may end.
  if (Math.abs(pid) < 2) throw new RangeError(`Expected the id of a process or of a group, got ${pid}.`);
  guarded.add(pid);
  tellGuard();
  return async () => {
    if (guarded.delete(pid)) tellGuard();
    if (guarded.size > 0 || !guard) return;
    const { child, ended } = guard;
    guard = undefined;
    child.ref();
    child.stdin?.end();
    await ended;
  };
}

function tellGuard() {
  guard ??= startGuard();
  guard.child.stdin?.write(`${[...guarded].join(" ")}\n`);
}

function startGuard() {
  const /** @type {import("node:child_process").ChildProcess} */ child = spawn("/bin/sh", ["-c", GUARD], {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
    });
  const /** @type {Promise<void>} */ ended = new Promise((resolve) => {
      child.once("exit", () => resolve());
      // Where there is no shell, those that do not compute notice by themselves that their parent is gone.
      child.once("error", () => resolve());
    });
  void ended.then(() => {
    if (guard?.child === child) guard = undefined;
  });
  const pipe = /** @type {import("node:net").Socket | undefined} */ (child.stdin);
  pipe?.on("error", () => {}); // it was killed
  // Nobody waits for it.
  pipe?.unref();
  child.unref();
  return { child, ended };
}
