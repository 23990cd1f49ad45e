/** The npm package's types: those that its entries name, and the files that these are made of. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import jsTokens from "js-tokens";
import { ROOT } from "../bundling/dist.ts";
import { ENTRIES, PEERS } from "./programs.ts";

/** What the types of an entry may import beside each other: what its user has. */
const OTHERS: Readonly<Record<string, readonly string[]>> = { cdk: PEERS };

/** Writes the types below `<folder>/types`. Throws an error that names each type which another package's is needed for. */
export function writeTypes(folder: string): void {
  const made = mkdtempSync(join(tmpdir(), "manyhands-types-"));
  try {
    const tsc = join(ROOT, "node_modules/.bin/tsc");
    execFileSync(tsc, ["--project", "tools/package/tsconfig.json", "--outDir", made], {
      cwd: ROOT,
      stdio: ["ignore", "inherit", "inherit"],
    });
    const written = new Set<string>();
    const leaks: string[] = [];
    const write = (path: string, others: readonly string[]) => {
      if (written.has(path)) return;
      written.add(path);
      const { text, imports } = withJsEndings(readFileSync(join(made, path), "utf8"));
      mkdirSync(join(folder, "types", dirname(path)), { recursive: true });
      writeFileSync(join(folder, "types", path), text);
      for (const specifier of imports) {
        if (specifier.startsWith(".")) write(declarationOf(path, specifier), others);
        else if (!others.some((name) => specifier === name || specifier.startsWith(`${name}/`)))
          leaks.push(`${path} imports ${specifier}`);
      }
    };
    for (const entry of ENTRIES) write(`api/${entry}.d.ts`, OTHERS[entry] ?? []);
    if (leaks.length > 0)
      throw new Error(
        `Expected public types that stand alone, but ${leaks.join(", ")}: write the type out in api/.`,
      );
  } finally {
    rmSync(made, { recursive: true });
  }
}

function declarationOf(path: string, specifier: string): string {
  return join(dirname(path), specifier).replace(/\.([mc]?)[jt]s$/, ".d.$1ts");
}

/** The text with `.js` for `.ts` in what it imports, and these specifiers. Comments, which may have examples, stay. */
export function withJsEndings(declarations: string): { text: string; imports: string[] } {
  const imports: string[] = [];
  let text = "";
  let before = "";
  for (const { type, value } of jsTokens(declarations)) {
    const isSpecifier = type === "StringLiteral" && /^(from|import|import\()$/.test(before);
    const named = isSpecifier ? value.slice(1, -1) : "";
    if (isSpecifier) imports.push(named);
    text += isSpecifier && named.startsWith(".") ? `"${named.replace(/\.ts$/, ".js")}"` : value;
    if (/^(WhiteSpace|LineTerminatorSequence|(Single|Multi)LineComment)$/.test(type)) continue;
    before = before === "import" && value === "(" ? "import(" : value;
  }
  return { text, imports };
}
