/** Maps an item by a user's task: within its time, to JSON of bounded size, and with an error as a sentence. */
import { setImmediate as turn } from "node:timers/promises";
import { describeError, KernelError } from "../../validation/errors.ts";
import type { TaskSource } from "../authoring.ts";
import { MOST_ITEM_BYTES } from "../declaration.ts";
import type { ItemRun, Task } from "../loaded.ts";
import { locate } from "../locate.ts";
import { randomOf } from "../maths/random.ts";
import { withStrays } from "./strays.ts";

/** `code` is the artifact, whose source map tells the line that threw. */
export function taskOf(task: TaskSource["task"], code: string): Task {
  return async (item, run) => {
    try {
      const json = jsonOf(await withinItsTime(task, item, run));
      return { json };
    } catch (error) {
      return { error: sentenceOf(error, code) };
    }
  };
}

/**
 * Rejects when the time is over, whatever the task does; it then goes on unheard, unless it heeds its signal. Rejects for an error of
 * what the task began, too, although its code does not await it.
 */
async function withinItsTime(
  task: TaskSource["task"],
  item: unknown,
  { seed, index, seconds, signal }: ItemRun,
): Promise<unknown> {
  const own = new AbortController();
  const { promise: over, reject } = Promise.withResolvers<never>();
  const end = (reason: Error) => {
    reject(reason);
    own.abort(reason);
  };
  const timer = setTimeout(
    () => end(new KernelError(`The item took longer than ${seconds} s.`)),
    1000 * seconds,
  );
  const interrupt = () => end(new KernelError("The run was interrupted."));
  if (signal?.aborted) interrupt();
  signal?.addEventListener("abort", interrupt);
  try {
    over.catch(() => {}); // where the task throws at once
    const given = withStrays(end, async () => {
      return task(item as never, { random: randomOf(seed, index), signal: own.signal });
    });
    // Node tells of a rejection that is not awaited before the next turn of the event loop.
    return await Promise.race([given.then((value) => turn(value)), over]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", interrupt);
  }
}

/**
 * Throws KernelError for what JSON cannot say, or would say as null or lose, and for more bytes than a value may have. A field that
 * is undefined or a function is left out, as JSON does.
 */
function jsonOf(value: unknown): string {
  const json: string | undefined = JSON.stringify(
    value,
    function (this: unknown, name: string, part: unknown) {
      const lost = lostPart(this, name, part);
      if (lost === undefined) return part;
      throw new KernelError(`Expected what JSON can say, got ${lost}${name === "" ? "" : ` as ${name}`}.`);
    },
  );
  if (json === undefined) throw new KernelError(`Expected what JSON can say, got ${typeof value}.`);
  const bytes = Buffer.byteLength(json);
  if (bytes <= MOST_ITEM_BYTES) return json;
  throw new KernelError(`Expected a value of at most ${MOST_ITEM_BYTES} bytes as JSON, got ${bytes}.`);
}

/** What JSON would say as an object without their contents, and lists of numbers as an object of indices. */
const LOSING: readonly (new (...args: never[]) => object)[] = [Map, Set, RegExp, Error, Promise, ArrayBuffer];

/** Names a part that JSON would say as null, or lose. */
function lostPart(holder: unknown, name: string, part: unknown): string | undefined {
  if (typeof part === "number" || part instanceof Number)
    return Number.isFinite(Number(part)) ? undefined : `${part}`;
  if (ArrayBuffer.isView(part) || LOSING.some((kind) => part instanceof kind))
    return `a ${(part as object).constructor.name}`;
  if (part === null)
    return Reflect.get(holder as object, name) instanceof Date ? "an invalid date" : undefined;
  const isLeftOut = part === undefined || typeof part === "function" || typeof part === "symbol";
  return isLeftOut && Array.isArray(holder) ? typeof part : undefined;
}

/** `fetch` says why it failed in its error's cause alone. */
function sentenceOf(error: unknown, code: string): string {
  const cause =
    error instanceof Error && error.cause instanceof Error ? `: ${describeError(error.cause)}` : "";
  const line = locate(error, code);
  return `${describeError(error)}${cause}${line === undefined ? "" : ` (${line})`}`;
}
