/** Makes files outlast a power cut: a file's content and its entry in its folder are flushed separately. */
import { once } from "node:events";
import { closeSync, constants, type Dirent, fsync, fsyncSync, openSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { inLanes } from "../lanes.ts";

const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
/** At most this number of files is open to be flushed. */
export const FLUSHED_AT_ONCE = 16;
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
  for (let child = folder; !known.has(child) && child !== dirname(child); child = dirname(child)) {
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
  const isLarge = () => !entriesIn(folder).drop(few).next().done;
  // On other systems `sync` returns before the disk has everything.
  const isFlushed = process.platform === "linux" && isLarge() && (await syncFileSystemOf(folder));
  if (!isFlushed) await flushEach(folder);
}

function* entriesIn(folder: string): Generator<Dirent, undefined> {
  for (const entry of passingOver(() => readdirSync(folder, { withFileTypes: true })) ?? []) {
    yield entry;
    if (entry.isDirectory()) yield* entriesIn(join(folder, entry.name));
  }
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

/**
 * Flushes files before the folders that name them. Not folder by folder: a file system writes together what is flushed at
 * the same time, so a default job's 30 files and folders take a quarter of the time.
 */
async function flushEach(folder: string): Promise<void> {
  const entries = entriesIn(folder).toArray();
  const pathOf = ({ parentPath, name }: Dirent) => join(parentPath, name);
  const files = entries.filter((entry) => entry.isFile()).map(pathOf);
  const folders = entries.filter((entry) => entry.isDirectory()).map(pathOf);
  await inLanes(files, FLUSHED_AT_ONCE, (path) => flushAt(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW));
  await inLanes([...folders, folder], FLUSHED_AT_ONCE, (path) => flushAt(path, O_RDONLY).catch(passOver));
}

async function flushAt(path: string, flags: number): Promise<void> {
  const descriptor = passingOver(() => openSync(path, flags));
  if (descriptor !== undefined) await promisify(fsync)(descriptor).finally(() => closeSync(descriptor));
}

function passingOver<Value>(attempt: () => Value): Value | undefined {
  try {
    return attempt();
  } catch (error) {
    return passOver(error);
  }
}

/** Throws the error unless it is one of those that are passed over. */
function passOver(error: unknown): undefined {
  if (!PASSED_OVER.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
}
