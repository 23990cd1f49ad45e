/** The npm package, from the sources. */
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import checkout from "../../package.json" with { type: "json" };
import { DIST, expectWritable, ROOT, TEMPLATE } from "../bundling/dist.ts";
import { PAGE_PATH, pageHtml } from "../bundling/page.ts";
import { ensureWasm } from "../bundling/wasm.ts";
import { TEMPLATE_FILES } from "../init/template-files.ts";
import { entryFiles } from "./entries.ts";
import { manPage } from "./man-page.ts";
import { MAN_PAGE, packageManifest } from "./manifest.ts";
import { type Packed, pack } from "./pack.ts";
import { packageOptions } from "./programs.ts";
import { writeTypes } from "./types.ts";

/** Texts of the package, by where they lie in the checkout. */
const TEXTS = {
  "README.md": "tools/package/README.md",
  LICENSE: "LICENSE",
  "THIRD-PARTY-LICENCES.md": "THIRD-PARTY-LICENCES.md",
} as const;

/** Builds the package in `<dist>/package` and packs it into `<dist>`. Throws InvalidInputError where that cannot be written. */
export async function makePackage(dist = DIST): Promise<Packed> {
  expectWritable(dist);
  ensureWasm();
  const folder = join(dist, "package");
  rmSync(folder, { recursive: true, force: true });
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const options of packageOptions(folder)) await build(options);
  write("package.json", `${JSON.stringify(packageManifest(), undefined, 2)}\n`);
  write("dist/package.json", '{ "type": "commonjs" }\n');
  for (const [path, text] of await entryFiles()) write(path, text);
  for (const [path, source] of Object.entries(TEXTS)) copyFileSync(join(ROOT, source), join(folder, path));
  for (const name of TEMPLATE_FILES)
    write(`dist/template/${name}`, readFileSync(join(TEMPLATE, name), "utf8"));
  write(`dist/${PAGE_PATH}`, Buffer.from((await pageHtml()).html).toString("utf8"));
  chmodSync(join(folder, "dist/cli/main.js"), 0o755);
  write(MAN_PAGE, await manPageOf(folder));
  writeTypes(folder);
  return pack(folder);
}

/** The kernels are those that the built program prints: a checkout's sentences are not for a package's user. */
async function manPageOf(folder: string): Promise<string> {
  const { program } = await import("../../cli/program.ts");
  const kernels = execFileSync(process.execPath, [join(folder, "dist/cli/main.js"), "kernels"], {
    encoding: "utf8",
  });
  const reference = readFileSync(join(ROOT, "docs/cli.md"), "utf8");
  return manPage(program, {
    kernels,
    reference,
    version: checkout.version,
    date: new Date().toISOString().slice(0, 10),
  });
}
