/** The items that a caller of the library passes: a file, or what a list or a generator gives, which is kept in one. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { expectNotAborted } from "../client/engines/interrupted.ts";
import { unlessAborted } from "../client/remote/unless-aborted.ts";
import { describeError, InvalidInputError } from "../shared/validation/errors.ts";
import { show } from "../shared/validation/parse.ts";
import { type ItemList, newFile, readItems } from "./items.ts";
import { pathOfFile } from "./path-of-file.ts";

export type ItemsAsked = Iterable<unknown> | AsyncIterable<unknown> | string | URL;

/** Rejects with InvalidInputError, with the item's index where one is not what JSON can say; with what a generator throws. */
export async function itemsAsked(items: ItemsAsked, signal: AbortSignal | undefined): Promise<ItemList> {
  if (typeof items === "string" || items instanceof URL) return readItems(pathOfFile(items, "items"));
  if (!isIterable(items))
    throw new InvalidInputError(
      "the items",
      "a list, what a generator gives, or the path of a file of JSON lines",
      items === undefined ? "nothing" : show(items),
    );
  const folder = mkdtempSync(join(tmpdir(), "manyhands-items-"));
  const release = () => rmSync(folder, { recursive: true, force: true });
  try {
    const path = join(folder, "items.jsonl");
    const file = newFile(path);
    // A generator may never give its next item: the pipeline alone would wait for it.
    if (signal) await unlessAborted(signal, () => pipeline(linesOf(items), file, { signal }));
    else await pipeline(linesOf(items), file);
    const list = await readItems(path, "items");
    return { ...list, release };
  } catch (error) {
    release();
    expectNotAborted(signal);
    throw error;
  }
}

const isIterable = (items: unknown): items is Iterable<unknown> | AsyncIterable<unknown> =>
  typeof items === "object" && items !== null && (Symbol.iterator in items || Symbol.asyncIterator in items);

/** Lines are joined: each write of its own would cost more than the line. */
const LINES_A_WRITE = 1000;

async function* linesOf(items: Iterable<unknown> | AsyncIterable<unknown>): AsyncGenerator<string> {
  let index = 0;
  let lines: string[] = [];
  for await (const item of items) {
    lines.push(lineOf(item, index++));
    if (lines.length === LINES_A_WRITE) {
      yield lines.join("");
      lines = [];
    }
  }
  yield lines.join("");
}

function lineOf(item: unknown, index: number): string {
  let line: string | undefined;
  try {
    line = JSON.stringify(item);
  } catch (error) {
    throw new InvalidInputError(`items[${index}]`, "what JSON can say", describeError(error));
  }
  if (line !== undefined) return `${line}\n`;
  throw new InvalidInputError(`items[${index}]`, "what JSON can say", typeof item);
}
