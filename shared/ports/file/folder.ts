import {
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  rmSync,
  type Stats,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { InvalidInputError } from "../../validation/errors.ts";
import { isRecord, isSummary } from "../keys.ts";
import { nameIfFree, nameOver } from "./final-name.ts";
import { flushEntries, flushTree } from "./flush.ts";
import { isBelow, RealFolders } from "./real-folders.ts";
import { readRegularFile } from "./regular-file.ts";
import { anew, discard, isTemporary, temporaryFor } from "./temporaries.ts";

/** A part of a key, between slashes; a file of another name is no object. */
const PART = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
export interface OpenFile {
  append(bytes: Uint8Array): void;
  commit(): void;
  /** Returns false if there is an object by now: that object stays, and this file is removed. */
  commitIfAbsent(): boolean;
  abort(): void;
}

/**
 * Objects as files: the object `jobs/j1/array/c/0/0` is the file `array/c/0/0` in the folder for the prefix `jobs/j1/`.
 * Written under a temporary name and renamed, so that a crash leaves whole objects only. Synchronous: that is faster
 * for local files, and the embedded S3 answers within one turn.
 *
 * The user may name a link as the folder itself. No link below it is followed, to read or to write, see
 * real-folders.ts. If something that is no file (a link, a FIFO, a folder) takes an object's place, reading it, or
 * writing without replacing, throws an error that names it.
 */
export class Folder {
  readonly #mounts: readonly (readonly [prefix: string, folder: string])[];
  readonly #real: RealFolders;
  /** Folders whose own entries are surely on the disk. */
  readonly #flushed = new Set<string>();

  /** `mounts` maps key prefixes (ending in "/", or empty for all keys) to folders. */
  constructor(mounts: Readonly<Record<string, string>>) {
    this.#mounts = Object.entries(mounts);
    const folders = Object.values(mounts);
    // A folder inside another one, as rejected/ in the job's, was not named by the user.
    this.#real = new RealFolders(
      folders.filter((folder) => !folders.some((other) => isBelow(folder, other))),
    );
  }

  /** Throws as readRegularFile does. */
  read(key: string, mostBytes?: number): Uint8Array | undefined {
    const path = this.#path(key);
    return orAbsent(() => {
      this.#real.expect(dirname(path));
      return readRegularFile(path, mostBytes);
    });
  }

  size(key: string): number | undefined {
    return this.#stat(key)?.size;
  }

  /** Epoch ms. */
  storedAtMs(key: string): number | undefined {
    return this.#stat(key)?.mtimeMs;
  }

  #stat(key: string): Stats | undefined {
    const path = this.#path(key);
    return orAbsent(() => {
      this.#real.expect(dirname(path));
      const found = lstatSync(path);
      return found.isFile() ? found : undefined;
    });
  }

  /**
   * Resolves once everything that the object vouches for is on the disk: before a summary, all of its job. Chunks have
   * no fsync of their own, because a checksum shows which ones a power cut damaged. The summary says that none is
   * missing, so it must not reach the disk before them.
   */
  async flushBefore(key: string): Promise<void> {
    if (isSummary(key)) await flushTree(this.#mountOf(key)[1]);
  }

  write(key: string, bytes: Uint8Array): void {
    const path = this.#path(key);
    const temporary = this.#temporaryFor(path);
    const flush = isRecord(key);
    try {
      anew(temporary, () => writeFileSync(temporary, bytes, { flag: "wx", flush }));
      nameOver(temporary, path);
    } catch (error) {
      discard(temporary);
      throw error;
    }
    if (flush) flushEntries(dirname(path), this.#flushed);
  }

  /** Returns false if there is an object already; that object stays. */
  writeIfAbsent(key: string, bytes: Uint8Array): boolean {
    const path = this.#path(key);
    const temporary = this.#temporaryFor(path);
    try {
      anew(temporary, () => writeFileSync(temporary, bytes, { flag: "wx" }));
      return nameIfFree(temporary, path);
    } finally {
      discard(temporary);
    }
  }

  /** A file that becomes the object on `commit`, and is removed on `abort` or if `commit` fails. */
  open(key: string): OpenFile {
    const path = this.#path(key);
    const temporary = this.#temporaryFor(path);
    const file = anew(temporary, () => openSync(temporary, "wx"));
    const close = () => {
      try {
        if (isRecord(key)) fsyncSync(file);
      } finally {
        closeSync(file);
      }
    };
    const commitAs = <Outcome>(name: () => Outcome): Outcome => {
      try {
        close();
        return name();
      } finally {
        discard(temporary);
      }
    };
    return {
      append: (bytes) => {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      },
      commit: () => {
        commitAs(() => nameOver(temporary, path));
        if (isRecord(key)) flushEntries(dirname(path), this.#flushed);
      },
      commitIfAbsent: () => commitAs(() => nameIfFree(temporary, path)),
      abort: () => {
        closeSync(file);
        discard(temporary);
      },
    };
  }

  remove(key: string): void {
    const path = this.#path(key);
    orAbsent(() => {
      this.#real.expect(dirname(path));
      rmSync(path);
    });
  }

  /** Keys that start with `prefix`, sorted. */
  list(prefix: string): string[] {
    const keys: string[] = [];
    for (const [mounted, folder] of this.#mounts) {
      if (!prefix.startsWith(mounted) && !mounted.startsWith(prefix)) continue;
      const rest = prefix.startsWith(mounted) ? prefix.slice(mounted.length) : "";
      const parent = rest.slice(0, rest.lastIndexOf("/") + 1);
      // `resolve` removes the slash at the end: with it, a link would be followed.
      const within = resolve(folder, parent);
      orAbsent(() => {
        this.#real.expect(within);
        collect(within, mounted + parent, keys);
      });
    }
    return keys.filter((key) => key.startsWith(prefix)).sort();
  }

  #path(key: string): string {
    if (!key.split("/").every((part) => PART.test(part)))
      throw new InvalidInputError("key", "a relative path of letters, digits and . _ -", JSON.stringify(key));
    const [prefix, folder] = this.#mountOf(key);
    return join(folder, key.slice(prefix.length));
  }

  #mountOf(key: string): readonly [prefix: string, folder: string] {
    const mount = this.#mounts.find(([prefix]) => key.startsWith(prefix));
    if (!mount) throw new InvalidInputError("key", `under ${this.#mounts.map(([p]) => p).join(" or ")}`, key);
    return mount;
  }

  /** A new, unique name in the object's folder, which is made if need be. */
  #temporaryFor(path: string): string {
    this.#real.make(dirname(path));
    return temporaryFor(path);
  }
}

/**
 * Collects files, not links: the target of a link is no object. Files that no key can name, such as .DS_Store, are
 * skipped too.
 */
function collect(folder: string, prefix: string, keys: string[]): void {
  for (const entry of orAbsent(() => readdirSync(folder, { withFileTypes: true })) ?? []) {
    if (!PART.test(entry.name)) continue;
    if (entry.isDirectory()) collect(join(folder, entry.name), `${prefix}${entry.name}/`, keys);
    else if (entry.isFile() && !isTemporary(entry.name)) keys.push(prefix + entry.name);
  }
}

const ABSENT = new Set(["ENOENT", "ENOTDIR"]);

function orAbsent<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (ABSENT.has(code ?? "")) return undefined;
    throw error;
  }
}
