/** Where in the user's own file an error was thrown, by the source map at the end of the artifact. */
import { LINES_BEFORE } from "./artifact.ts";

/** Taken here: the thread of an upload has no such function any more when a kernel throws, see host/cut-down.ts. */
const { getBuiltinModule } = process;

const MAP = "//# sourceMappingURL=data:application/json;base64,";
const NAME = "//# sourceURL=";

/** The artifact's last lines: what V8 calls it in a stack, and its source map. */
export function tailOf(name: string, map: string): string {
  return `${NAME}${name}\n${MAP}${Buffer.from(map).toString("base64")}\n`;
}

/**
 * The line that threw, or undefined where the stack names none of the artifact's. A line of the user's own file goes
 * before one of a package that it calls.
 * @example locate(error, code) // "mine.ts:12"
 */
export function locate(error: unknown, code: string): string | undefined {
  const name = between(code, NAME);
  const map = between(code, MAP);
  const stack = error instanceof Error ? error.stack : undefined;
  if (!name || !map || !stack) return undefined;
  const { SourceMap } = getBuiltinModule("node:module");
  const source = new SourceMap(JSON.parse(Buffer.from(map, "base64").toString()));
  const places: string[] = [];
  for (const [, at, line, column] of stack.matchAll(/(manyhands-[0-9a-f]+):(\d+):(\d+)/g)) {
    if (at !== name) continue;
    const entry = source.findEntry(Number(line) - 1 - LINES_BEFORE, Number(column) - 1);
    if ("originalSource" in entry) places.push(`${entry.originalSource}:${entry.originalLine + 1}`);
  }
  return places.find((place) => !place.includes("node_modules/")) ?? places[0];
}

/** From the last occurrence of `before` to its line's end. */
function between(code: string, before: string): string | undefined {
  const at = code.lastIndexOf(before);
  if (at < 0) return undefined;
  return code.slice(at + before.length, code.indexOf("\n", at));
}
