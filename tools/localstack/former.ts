import { appendFileSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * Notes that this process uses these folders of `installed`, for as long as it runs: LocalStack ends with the process
 * that started it. One file per process (`used-by-<pid>`, a name a line), so that two processes need no lock.
 */
export function claim(installed: string, names: readonly string[]): void {
  appendFileSync(join(installed, `used-by-${process.pid}`), names.map((name) => `${name}\n`).join(""));
}

/**
 * Removes the installations that no running process has claimed. A folder that is still being filled is called
 * `<name>.<random>` and is kept or removed with its name.
 */
export function removeFormer(installed: string): void {
  const entries = readdirSync(installed);
  const used = new Set<string>();
  for (const entry of entries) {
    const pid = Number(/^used-by-(\d+)$/.exec(entry)?.[1]);
    if (!pid) continue;
    const file = join(installed, entry);
    if (isRunning(pid)) for (const name of readFileSync(file, "utf8").split("\n")) used.add(name);
    else rmSync(file, { force: true });
  }
  for (const entry of entries) {
    const name = /^(plugin|python)-[^.]+/.exec(entry)?.[0];
    if (name && !used.has(name)) rmSync(join(installed, entry), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH"; // EPERM: the process exists and is another user's
  }
}
