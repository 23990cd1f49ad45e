import {
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  rmSync,
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

/** What a part of a key looks like, between slashes; a file of another name is none of ours. */
const PART = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
export interface OpenFile {
  append(bytes: Uint8Array): void;
  commit(): void;
  /** False where there is an object by now: that is left as it is, and the file vanishes. */
  commitIfAbsent(): boolean;
  abort(): void;
}

/**
 * Objects as files: the object `jobs/j1/array/c/0/0` is the file `array/c/0/0` in the folder that stands for
 * the prefix `jobs/j1/`. Written under a temporary name and renamed, so that a crash leaves whole objects only.
 * Synchronous: local files are faster so, and the embedded S3 answers within one turn. The folder itself may be a link of
 * whoever named it; no link below it is followed, to read or to write: see real-folders.ts. What lies in an object's place
 * and is no file (a link, a FIFO, a folder) is an error that names it, for whoever reads it or would not replace it.
 */
export class Folder {
  readonly #mounts: readonly (readonly [prefix: string, folder: string])[];
  readonly #real: RealFolders;
  /** Whose own entries are on the disk for sure. */
  readonly #flushed = new Set<string>();

  /** `mounts` maps key prefixes (ending in "/", or empty for all keys) to folders. */
  constructor(mounts: Readonly<Record<string, string>>) {
    this.#mounts = Object.entries(mounts);
    const folders = Object.values(mounts);
    // One that lies in another's, as rejected/ does in the job's, is not one that somebody named.
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
    const path = this.#path(key);
    return orAbsent(() => {
      this.#real.expect(dirname(path));
      const found = lstatSync(path);
      return found.isFile() ? found.size : undefined;
    });
  }

  /**
   * Resolves once all that the object vouches for is on the disk: before a summary, everything of its job. Chunks have no
   * fsync of their own, as a checksum tells which ones a power cut took; what says that none is missing must not outlast them.
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

  /** False where there is an object already, which is left as it is. */
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

  /** A file that becomes the object on `commit` and vanishes on `abort`, or where `commit` fails. */
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
      // Without the slash at its end, which would ask for what a link leads to.
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

  /** A name that nobody else has, in a folder that is there. */
  #temporaryFor(path: string): string {
    this.#real.make(dirname(path));
    return temporaryFor(path);
  }
}

/** Files and no links: what a link leads to is nobody's object. Nor is what somebody else, or his machine, put between ours. */
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
