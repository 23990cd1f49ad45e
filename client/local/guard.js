import { spawn } from "node:child_process";

/**
 * Kills this process's children as soon as this process has ended, by SIGKILL too. The guard is a shell that reads from
 * a pipe: however this process ends, the kernel closes the pipe. The children could not do that themselves: a child
 * that computes hears nothing, and a thread that listens costs each of them 34 ms of CPU and 19 MB. The shell costs 3
 * ms, once.
 */

/** The last line read names the processes. The shell has a session of its own, so Ctrl-C and Ctrl-Z do not reach it. */
const GUARD =
  'trap "" HUP INT QUIT TERM; while read -r line; do pids=$line; done; [ -z "$pids" ] || kill -s KILL -- $pids';

const /** @type {Set<number>} */ guarded = new Set();
let /** @type {ReturnType<typeof startGuard> | undefined} */ guard;

/**
 * From here on the process with this id, or the process group with its negative, ends no later than this one. Call the
 * returned function as soon as the process has ended, because the kernel may give its id to another one. Its promise
 * resolves after a guard without processes to watch has ended.
 * @param {number} pid
 * @returns {() => Promise<void>}
 */
export function endWithUs(pid) {
  // `kill 0` ends the caller's group, and `kill -1` every process that it may end.
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
      // Without a shell, only children that do not compute notice that their parent is gone.
      child.once("error", () => resolve());
    });
  void ended.then(() => {
    if (guard?.child === child) guard = undefined;
  });
  const pipe = /** @type {import("node:net").Socket | undefined} */ (child.stdin);
  pipe?.on("error", () => {}); // the guard was killed
  // The pipe must not keep this process alive.
  pipe?.unref();
  child.unref();
  return { child, ended };
}
