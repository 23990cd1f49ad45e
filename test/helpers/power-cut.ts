import type * as fs from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * A disk that forgets what was not flushed. `recording` notes what is done to files; `diskAfter` tells, for each path, all
 * that may lie there after a power cut at some point: an entry that was not flushed with its folder may be as it was at any
 * time since that was, and content that was not flushed may be empty, cut short, zeros or whole. Nothing depends on the order
 * in which things were done, as file systems give none.
 */
export type Operation =
  | { readonly does: "mkdir" | "unlink" | "flush folder"; readonly path: string }
  | { readonly does: "create"; readonly path: string; readonly file: number }
  | { readonly does: "write"; readonly file: number; readonly bytes: Buffer }
  | { readonly does: "flush file"; readonly file: number }
  | { readonly does: "name"; readonly from: string; readonly to: string }
  | { readonly does: "flush all" };

type Entry = number | "folder" | undefined;

let operations: Operation[] | undefined;
let root = "";
let files = 0;

/** What is done to files below `folder` while `action` runs. */
export async function recorded(folder: string, action: () => Promise<unknown>): Promise<Operation[]> {
  const noted: Operation[] = [];
  operations = noted;
  root = folder;
  try {
    await action();
  } finally {
    operations = undefined;
  }
  return noted;
}

export const noteFlushOfAll = () => operations?.push({ does: "flush all" });

/** node:fs, telling what changes files and what flushes them. */
export function recording(real: typeof fs): typeof fs {
  const open = new Map<number, string>();
  /** Which file a path names by now. */
  const named = new Map<string, number>();
  const note = (path: unknown, operation: (path: string) => Operation) => {
    const full = resolve(String(path));
    if (operations && full.startsWith(root)) operations.push(operation(full));
  };
  const create = (path: unknown) => {
    const file = ++files;
    named.set(resolve(String(path)), file);
    note(path, (path) => ({ does: "create", path, file }));
    return file;
  };
  const name = (from: string, to: string) => {
    const file = named.get(resolve(from));
    if (file !== undefined) named.set(resolve(to), file);
    note(from, (from) => ({ does: "name", from, to: resolve(to) }));
  };
  const flush = (descriptor: number) => {
    const path = open.get(descriptor) ?? "";
    const file = named.get(resolve(path));
    note(path, (path) => (file ? { does: "flush file", file } : { does: "flush folder", path }));
  };
  const fakes = {
    mkdirSync(path: string, options?: fs.MakeDirectoryOptions) {
      const missing: string[] = [];
      for (let each = resolve(path); !real.existsSync(each); each = dirname(each)) missing.unshift(each);
      const made = real.mkdirSync(path, options);
      for (const each of missing) note(each, (path) => ({ does: "mkdir", path }));
      return made;
    },
    writeFileSync(path: string, bytes: Buffer, options?: { flush?: boolean }) {
      real.writeFileSync(path, bytes, options);
      const file = create(path);
      note(path, () => ({ does: "write", file, bytes: Buffer.from(bytes) }));
      if (options?.flush) note(path, () => ({ does: "flush file", file }));
    },
    openSync(path: string, flags: string | number, mode?: number) {
      const descriptor = real.openSync(path, flags, mode);
      open.set(descriptor, path);
      if (flags === "wx") create(path);
      return descriptor;
    },
    writeSync(descriptor: number, bytes: Uint8Array, at: number) {
      const written = real.writeSync(descriptor, bytes, at);
      const path = open.get(descriptor) ?? "";
      const file = named.get(resolve(path)) ?? 0;
      note(path, () => ({ does: "write", file, bytes: Buffer.from(bytes.subarray(at, at + written)) }));
      return written;
    },
    fsyncSync(descriptor: number) {
      real.fsyncSync(descriptor);
      flush(descriptor);
    },
    fsync(descriptor: number, onDone: (error: Error | null) => void) {
      flush(descriptor);
      real.fsync(descriptor, onDone);
    },
    renameSync(from: string, to: string) {
      real.renameSync(from, to);
      name(from, to);
      note(from, (path) => ({ does: "unlink", path }));
    },
    linkSync(from: string, to: string) {
      real.linkSync(from, to);
      name(from, to);
    },
    unlinkSync(path: string) {
      real.unlinkSync(path);
      note(path, (path) => ({ does: "unlink", path }));
    },
  };
  return { ...real, ...fakes } as unknown as typeof fs;
}

/** All that may lie under a path: bytes, a folder, or nothing. */
export type Found = Buffer | "folder" | undefined;

/** What a power cut after these operations may leave, on a disk that was empty, or had this on it for sure. */
export function diskAfter(done: readonly Operation[], before: ReadonlyMap<string, Found> = new Map()) {
  /** What each path was since its folder was flushed, the latest last. */
  const entries = new Map<string, Entry[]>();
  const contents = new Map<number, { bytes: Buffer; isFlushed: boolean }>();
  const latest = (path: string) => entries.get(path)?.at(-1);
  const change = (path: string, entry: Entry) =>
    entries.set(path, [...(entries.get(path) ?? [undefined]), entry]);
  const settle = (path: string) => entries.set(path, [latest(path)]);
  const flush = (file: number) =>
    contents.set(file, { bytes: contents.get(file)?.bytes ?? Buffer.alloc(0), isFlushed: true });
  let old = 0;
  for (const [path, found] of before) {
    if (Buffer.isBuffer(found)) contents.set(--old, { bytes: found, isFlushed: true });
    entries.set(path, [Buffer.isBuffer(found) ? old : found]);
  }
  for (const operation of done) {
    if (operation.does === "mkdir") change(operation.path, "folder");
    else if (operation.does === "unlink") change(operation.path, undefined);
    else if (operation.does === "create") change(operation.path, operation.file);
    else if (operation.does === "name") change(operation.to, latest(operation.from));
    else if (operation.does === "flush file") flush(operation.file);
    else if (operation.does === "write") {
      const { bytes } = contents.get(operation.file) ?? { bytes: Buffer.alloc(0) };
      contents.set(operation.file, { bytes: Buffer.concat([bytes, operation.bytes]), isFlushed: false });
    } else if (operation.does === "flush folder") {
      for (const path of entries.keys()) if (dirname(path) === operation.path) settle(path);
    } else {
      for (const path of entries.keys()) settle(path);
      for (const file of contents.keys()) flush(file);
    }
  }
  const mayBe = (entry: Entry): Found[] => {
    if (typeof entry !== "number") return [entry];
    const { bytes, isFlushed } = contents.get(entry) ?? { bytes: Buffer.alloc(0), isFlushed: false };
    if (isFlushed) return [bytes];
    const cut = bytes.subarray(0, bytes.length >> 1);
    return [bytes, Buffer.alloc(0), cut, Buffer.alloc(bytes.length)];
  };
  const isSure = (folder: string): boolean =>
    !entries.has(folder) ||
    (entries.get(folder)!.every((entry) => entry === "folder") && isSure(dirname(folder)));
  return {
    /** Every path that was ever there, a folder before what is in it. */
    paths: [...entries.keys()].sort(),
    possible(path: string): Found[] {
      const found = (entries.get(path) ?? [undefined]).flatMap(mayBe);
      return isSure(dirname(path)) ? found : [...found, undefined];
    },
  };
}
