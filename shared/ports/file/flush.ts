/** Makes files outlast a power cut: a file's content and its entry in its folder are flushed separately. */
import { once } from "node:events";
import { closeSync, constants, fsync, fsyncSync, openSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { inLanes } from "../lanes.ts";

const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
const AT_ONCE = 16;
/**
 * Errors that are ignored: for files that this user may not open, files that are gone, and file systems that cannot
 * flush folders.
 */
const PASSED_OVER: ReadonlySet<string> = new Set([
  "EACCES",
  "EPERM",
  "ENOENT",
  "EINVAL",
  "ENOTSUP",
  "EOPNOTSUPP",
]);

/**
 * Flushes the entries of a folder, and of each folder above that is not among `known` yet: another process may have
 * made those a moment ago.
 */
export function flushEntries(folder: string, known: Set<string>): void {
  flushFolder(folder);
  for (let child = folder; !known.has(child); child = dirname(child)) {
    known.add(child);
    flushFolder(dirname(child));
  }
}

/** An fsync for each of 60 files takes half the time, and a fifth of the CPU time, that starting `sync` takes. */
const FEW_ENTRIES = 80;

/**
 * Flushes everything in a folder, whichever process wrote it. One syncfs(2) does that for 10,000 small files in a tenth
 * of the time of an fsync each. Node has no syncfs, but the program `sync` has. Where that is absent, or the folder has
 * at most `few` files and folders, each of them gets its fsync.
 */
export async function flushTree(folder: string, few = FEW_ENTRIES): Promise<void> {
  // On other systems `sync` returns before the disk has everything.
  const isFlushed = process.platform === "linux" && hasMore(folder, few) && (await syncFileSystemOf(folder));
  if (!isFlushed) await flushEach(folder);
}

/** Looks no further than it must. */
function hasMore(folder: string, few: number): boolean {
  let left = few;
  const count = (folder: string) => {
    for (const entry of passingOver(() => readdirSync(folder, { withFileTypes: true })) ?? []) {
      if (--left < 0) return;
      if (entry.isDirectory()) count(join(folder, entry.name));
    }
  };
  count(folder);
  return left < 0;
}

async function syncFileSystemOf(folder: string): Promise<boolean> {
  const { spawn } = await import("node:child_process"); // imported here: 2 ms that only the end of a job needs
  const program = spawn("sync", ["-f", resolve(folder)], { stdio: "ignore" });
  const [code] = await once(program, "close").catch(() => [undefined]);
  return code === 0;
}

function flushFolder(folder: string): void {
  const descriptor = passingOver(() => openSync(folder, O_RDONLY));
  if (descriptor === undefined) return;
  try {
    passingOver(() => fsyncSync(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

/** Flushes files before the folder that names them. */
async function flushEach(folder: string): Promise<void> {
  const entries = passingOver(() => readdirSync(folder, { withFileTypes: true })) ?? [];
  for (const entry of entries) if (entry.isDirectory()) await flushEach(join(folder, entry.name));
  const files = entries.filter((entry) => entry.isFile());
  await inLanes(files, AT_ONCE, async ({ name }) => {
    const file = passingOver(() => openSync(join(folder, name), O_RDONLY | O_NONBLOCK | O_NOFOLLOW));
    if (file !== undefined) await promisify(fsync)(file).finally(() => closeSync(file));
  });
  flushFolder(folder);
}

function passingOver<Value>(attempt: () => Value): Value | undefined {
  try {
    return attempt();
  } catch (error) {
    if (PASSED_OVER.has((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
