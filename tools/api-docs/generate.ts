/**
 * `npm run docs:api` writes docs/api.md from the doc comments of what the package exports, by TypeDoc. With `--check` it writes nothing,
 * and exit code 1 says that the page is stale.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const HERE = import.meta.dirname;
const ROOT = join(HERE, "../..");
const PAGE = join(ROOT, "docs/api.md");
/** TypeDoc needs a TypeScript of its own. It lies apart from the sources, which tests and tools walk through. */
const INSTALLED = join(ROOT, "dist/api-docs");
const NOTE = "<!-- npm run docs:api writes this page from the doc comments in api/ -->";

install();
const page = withIntroduction(generated());
if (!process.argv.includes("--check")) {
  writeFileSync(PAGE, page);
} else if (readFileSync(PAGE, "utf8") !== page) {
  console.error("docs/api.md is stale: npm run docs:api writes it again.");
  process.exitCode = 1;
}

function install(): void {
  mkdirSync(INSTALLED, { recursive: true });
  for (const name of ["package.json", "package-lock.json"]) cpSync(join(HERE, name), join(INSTALLED, name));
  const quietly = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
  execFileSync("npm", ["ci", ...quietly], { cwd: INSTALLED, stdio: "inherit" });
}

/** What TypeDoc makes of the comments; it ends with an error where one links to what is not there. */
function generated(): string {
  const folder = mkdtempSync(join(tmpdir(), "manyhands-api-"));
  const installed = (path: string) => join(INSTALLED, "node_modules", path);
  try {
    const options = ["--plugin", installed("typedoc-plugin-markdown/dist/index.js"), "--out", folder];
    execFileSync(process.execPath, [installed("typedoc/bin/typedoc"), ...options], {
      ...{ cwd: HERE, stdio: "inherit" },
    });
    return readFileSync(join(folder, "api.md"), "utf8");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function withIntroduction(text: string): string {
  const [title = "", ...rest] = text.split("\n");
  const introduction = readFileSync(join(HERE, "introduction.txt"), "utf8");
  return [title, "", NOTE, "", introduction.trimEnd(), ...rest].join("\n");
}
