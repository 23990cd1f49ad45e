import {
  appendFileSync,
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import * as v from "valibot";

/**
 * A claim is a file of its own, which only its owner writes to. The owner appends lines of JSON: who claims, then which
 * kernel knows whether the owner lives, then that the folder is the owner's.
 */
const ClaimSchema = v.object({
  host: v.string(),
  pid: v.number(),
  /** The kernel that holds the claim's socket, and the number that this kernel gives the file system. */
  boot: v.optional(v.string()),
  device: v.optional(v.number()),
  held: v.optional(v.boolean()),
});
export type Claim = v.InferOutput<typeof ClaimSchema>;

const NAME = /^running-([0-9a-f]{16})\.json$/;
const MOST_BYTES = 4096;

export const claimPath = (folder: string, name: string) => join(folder, `running-${name}.json`);
export const socketName = (name: string) => `running-${name}.sock`;

/** The name of the claim in a file name, if it is one. */
export const nameIn = (file: string): string | undefined => NAME.exec(file)?.[1];

/** Whether the entry is a claim, or the socket of one. */
export function isClaim(entry: Dirent): boolean {
  const { name } = entry;
  return entry.isSocket()
    ? nameIn(name.replace(/sock$/, "json")) !== undefined
    : entry.isFile() && nameIn(name) !== undefined;
}

/** Writes a new claim, under a name that no other claim has. */
export function writeClaim(folder: string): string {
  const name = [0, 0]
    .map(() =>
      Math.floor(Math.random() * 2 ** 32)
        .toString(16)
        .padStart(8, "0"),
    )
    .join("");
  const path = claimPath(folder, name);
  try {
    append(path, { host: hostname(), pid: process.pid }, constants.O_CREAT | constants.O_EXCL);
  } catch (error) {
    rmSync(path, { force: true }); // a full disk leaves an empty file
    throw error;
  }
  return name;
}

/** Appends to a claim. Throws ENOENT if another process removed it. */
export function amendClaim(folder: string, name: string, more: Partial<Claim>): void {
  append(claimPath(folder, name), more);
}

/** Appends a whole line, so that a concurrent reader sees the line or does not. */
function append(path: string, line: Partial<Claim>, flags = 0): void {
  const file = openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW | flags, 0o644);
  try {
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  } finally {
    closeSync(file);
  }
}

/** The socket goes first, so that no socket stays without its claim. */
export function removeClaim(folder: string, name: string): void {
  rmSync(join(folder, socketName(name)), { force: true });
  rmSync(claimPath(folder, name), { force: true });
}

/** A claim's content, and a stamp that changes whenever its owner renews it; undefined if there is none. */
export function readClaim(folder: string, name: string) {
  const found = readSmallFile(claimPath(folder, name));
  return found && { stamp: `${found.size} ${found.mtimeMs}`, claim: claimIn(found.text) };
}

/** The start of a regular file. Does not follow a link and does not block on a FIFO. */
export function readSmallFile(path: string) {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const found = fstatSync(file);
    if (!found.isFile()) return undefined;
    const bytes = Buffer.alloc(MOST_BYTES);
    const text = bytes.toString("utf8", 0, readSync(file, bytes));
    return { size: found.size, mtimeMs: found.mtimeMs, text };
  } finally {
    closeSync(file);
  }
}

/** Undefined if the text is no claim, after a power cut for example. */
function claimIn(text: string): Claim | undefined {
  try {
    const lines = text.split("\n").slice(0, -1);
    const found = v.safeParse(ClaimSchema, Object.assign({}, ...lines.map((line) => JSON.parse(line))));
    return found.success ? found.output : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The running kernel's own name, if it has one: all its containers share it, and no other machine or later boot has it.
 */
export function bootId(): string | undefined {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return undefined;
  }
}
