/** The items that a task maps, from a file of JSON lines: counted and checked before anything is started, then read again in shards. */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { MAX_POINTS_PER_AXIS } from "../shared/array/grid.ts";
import { MOST_ITEM_BYTES } from "../shared/kernels/declaration.ts";
import { encodeShard } from "../shared/record/shards.ts";
import { InvalidInputError } from "../shared/validation/errors.ts";
import { show } from "../shared/validation/parse.ts";
import { printable } from "../shared/validation/printable.ts";
import { linesOf } from "./json-lines.ts";
import { streamOf } from "./request-file.ts";

/** A shard's number, and its items as they are stored. */
export interface ItemShard {
  readonly shard: number;
  readonly bytes: Uint8Array;
}

/** What is known of the items once all were read. */
export interface ItemList {
  readonly count: number;
  /** The size of the largest item. */
  readonly mostBytes: number;
  /** The hash of all lines, in hexadecimal. */
  readonly sha256: string;
  /** The items again, in shards of this many each, as they are stored. Throws InvalidInputError where they changed meanwhile. */
  shards(perShard: number): AsyncGenerator<ItemShard>;
  /** Removes what was kept of a stream. */
  release(): void;
}

/**
 * Reads a file, a pipe, or for `-` stdin. Empty lines are skipped. Throws InvalidInputError, with the line's number where one is no JSON,
 * too long, or not UTF-8.
 */
export async function readItems(path: string, called = basename(path)): Promise<ItemList> {
  const name = path === "-" ? "stdin" : printable(called);
  const kept = await rereadable(path, name);
  const release = () => {
    if (kept.folder !== undefined) rmSync(kept.folder, { recursive: true, force: true });
  };
  try {
    const found = await lookThrough(kept.path, name);
    return { ...found, release, shards: (perShard) => shardsOf(kept.path, name, found, perShard) };
  } catch (error) {
    release();
    throw error;
  }
}

/** A stream comes once: it is kept in a file. */
async function rereadable(path: string, name: string): Promise<{ path: string; folder?: string }> {
  if (path !== "-" && isFile(path, name)) return { path };
  const folder = mkdtempSync(join(tmpdir(), "manyhands-items-"));
  const copy = join(folder, "items.jsonl");
  try {
    await pipeline(streamOf(path), createWriteStream(copy, { flags: "wx", mode: 0o600 }));
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw unreadable(name, error);
  }
  return { path: copy, folder };
}

function isFile(path: string, name: string): boolean {
  try {
    const found = statSync(path);
    if (found.isDirectory())
      throw new InvalidInputError("the items", "a file of JSON lines", `${name}, a folder`);
    return found.isFile();
  } catch (error) {
    throw unreadable(name, error);
  }
}

async function lookThrough(path: string, name: string) {
  const hash = createHash("sha256");
  let count = 0;
  let mostBytes = 0;
  for await (const line of itemsIn(path, name)) {
    if (++count > MAX_POINTS_PER_AXIS)
      throw new InvalidInputError("the items", `at most ${MAX_POINTS_PER_AXIS}`, `more in ${name}`);
    mostBytes = Math.max(mostBytes, Buffer.byteLength(line));
    hash.update(line).update("\n");
  }
  if (count === 0) throw new InvalidInputError("the items", "a line of JSON each", `none in ${name}`);
  return { count, mostBytes, sha256: hash.digest("hex") };
}

async function* shardsOf(
  path: string,
  name: string,
  { count, sha256 }: Pick<ItemList, "count" | "sha256">,
  perShard: number,
) {
  const hash = createHash("sha256");
  let shard = 0;
  let read = 0;
  let lines: string[] = [];
  const full = () => {
    const bytes = encodeShard({ lines, given: lines.length, failed: 0, unfinished: 0, round: 0 });
    lines = [];
    return { shard: shard++, bytes };
  };
  for await (const line of itemsIn(path, name)) {
    hash.update(line).update("\n");
    lines.push(line);
    read++;
    if (lines.length === perShard) yield full();
  }
  if (lines.length > 0) yield full();
  if (read !== count || hash.digest("hex") !== sha256)
    throw new InvalidInputError(name, "the same while it is read", "another content than a moment ago");
}

async function* itemsIn(path: string, name: string): AsyncGenerator<string> {
  try {
    for await (const { text, number } of linesOf(createReadStream(path), name, MOST_ITEM_BYTES)) {
      const line = text.trim();
      if (line === "") continue;
      expectJson(line, `${name}:${number}`);
      yield line;
    }
  } catch (error) {
    throw unreadable(name, error);
  }
}

function expectJson(line: string, place: string): void {
  try {
    JSON.parse(line);
  } catch {
    const hint = line.startsWith("[")
      ? "Each line is an item: `jq -c '.[]'` makes such lines of a JSON array."
      : "";
    throw new InvalidInputError(place, "JSON", show(line), hint);
  }
}

function unreadable(name: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof InvalidInputError || code === undefined) return error;
  return new InvalidInputError("the items", "a readable file of JSON lines", `${name} (${code})`);
}
