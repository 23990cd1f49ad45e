import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a file of types or sources exports, as `value <name>` or `type <name>`, sorted. Follows `export *`. */
export function publicNames(file: string): string[] {
  return [...namesIn(file, false)].toSorted();
}

function namesIn(file: string, asTypes: boolean): Set<string> {
  const text = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const names = new Set<string>();
  const add = (name: string, isType: boolean) => names.add(`${isType || asTypes ? "type" : "value"} ${name}`);
  for (const [, kind, name] of text.matchAll(
    /^export (?:declare |abstract |async )*(interface|type|class|function|const|let|enum)\*? (\w+)\b/gm,
  ))
    add(name!, kind === "interface" || kind === "type");
  for (const [, isType, list] of text.matchAll(/^export (type )?\{([^}]*)\}/gm))
    for (const each of list!.split(",").filter((part) => part.trim() !== ""))
      add(each.trim().split(/\s+/).at(-1)!, isType !== undefined || each.trim().startsWith("type "));
  for (const [, isType, path] of text.matchAll(/^export (type )?\* from "(\.[^"]+)"/gm))
    for (const name of namesIn(found(join(dirname(file), path!)), asTypes || isType !== undefined))
      names.add(name);
  return names;
}

const found = (path: string) => path.replace(/\.js$/, ".d.ts");
