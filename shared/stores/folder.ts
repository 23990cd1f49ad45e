import {
  closeSync,
  constants,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { threadId } from "node:worker_threads";
import { InvalidInputError } from "../errors.ts";
import { isBelow, RealFolders } from "./real-folders.ts";

const TEMPORARY = ".tmp";
/** What link(2) answers where there are no hard links: exFAT, some network and FUSE file systems, Android. */
const WITHOUT_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EACCES"]);
/** A process may have the number of one that was killed and left its temporary files. */
const LIFE = Math.random().toString(36).slice(2, 10);
let temporaries = 0;

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
 * whoever named it; no link below it is followed, to read or to write: see real-folders.ts.
 */
export class Folder {
  readonly #mounts: readonly (readonly [prefix: string, folder: string])[];
  readonly #real: RealFolders;

  /** `mounts` maps key prefixes (ending in "/", or empty for all keys) to folders. */
  constructor(mounts: Readonly<Record<string, string>>) {
    this.#mounts = Object.entries(mounts);
    const folders = Object.values(mounts);
    // One that lies in another's, as rejected/ does in the job's, is not one that somebody named.
    this.#real = new RealFolders(
      folders.filter((folder) => !folders.some((other) => isBelow(folder, other))),
    );
  }

  read(key: string): Uint8Array | undefined {
    const path = this.#path(key);
    return orAbsent(() => {
      this.#real.expect(dirname(path));
      return readFileSync(path, { flag: constants.O_RDONLY | constants.O_NOFOLLOW });
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

  write(key: string, bytes: Uint8Array): void {
    const path = this.#path(key);
    const temporary = this.#temporaryFor(path);
    try {
      anew(temporary, () => writeFileSync(temporary, bytes, { flag: "wx" }));
      renameSync(temporary, path);
    } catch (error) {
      discard(temporary);
      throw error;
    }
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

  /** A file that becomes the object on `commit` and vanishes on `abort`. */
  open(key: string): OpenFile {
    const path = this.#path(key);
    const temporary = this.#temporaryFor(path);
    const file = anew(temporary, () => openSync(temporary, "wx"));
    return {
      append: (bytes) => {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      },
      commit: () => {
        closeSync(file);
        renameSync(temporary, path);
      },
      commitIfAbsent: () => {
        closeSync(file);
        try {
          return nameIfFree(temporary, path);
        } finally {
          discard(temporary);
        }
      },
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
    const wellFormed = /^[A-Za-z0-9._/-]+$/.test(key);
    if (!wellFormed || key.split("/").some((part) => part === "" || part === "." || part === "..")) {
      throw new InvalidInputError("key", "a relative path of letters, digits and . _ -", JSON.stringify(key));
    }
    const mount = this.#mounts.find(([prefix]) => key.startsWith(prefix));
    if (!mount) throw new InvalidInputError("key", `under ${this.#mounts.map(([p]) => p).join(" or ")}`, key);
    return join(mount[1], key.slice(mount[0].length));
  }

  /** A name that nobody else has, in a folder that is there. */
  #temporaryFor(path: string): string {
    this.#real.make(dirname(path));
    return `${path}.${process.pid}-${threadId}-${LIFE}-${temporaries++}${TEMPORARY}`;
  }
}

/** What lies there nevertheless was left by a crash, or is a trap: a link itself is removed, not its end. */
function anew<Made>(temporary: string, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    unlinkSync(temporary);
    return make();
  }
}

/** It may never have been made, or have its final name by now. */
function discard(temporary: string): void {
  try {
    unlinkSync(temporary);
  } catch {}
}

/**
 * Gives a file its final name where nothing has it, in one step: whatever other threads and processes do, one of them
 * succeeds. A file system without hard links has no such step. There it is looked at first, so that of two writers at the
 * same moment both may succeed; the object is that of one of them, whole, all the same.
 */
function nameIfFree(temporary: string, path: string): boolean {
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    const isTaken = orAbsent(() => lstatSync(path))?.isFile() === true;
    if (code === "EEXIST" && isTaken) return false;
    if (!WITHOUT_LINKS.has(code)) throw error;
    if (!isTaken) renameSync(temporary, path);
    return !isTaken;
  }
}

/** Files and no links: what a link leads to is nobody's object. */
function collect(folder: string, prefix: string, keys: string[]): void {
  for (const entry of orAbsent(() => readdirSync(folder, { withFileTypes: true })) ?? []) {
    if (entry.isDirectory()) collect(join(folder, entry.name), `${prefix}${entry.name}/`, keys);
    else if (entry.isFile() && !entry.name.endsWith(TEMPORARY)) keys.push(prefix + entry.name);
  }
}

/** Neither a folder nor a link is an object. */
const ABSENT = new Set(["ENOENT", "ENOTDIR", "EISDIR", "ELOOP"]);

function orAbsent<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (ABSENT.has(code ?? "")) return undefined;
    throw error;
  }
}
