/** The packages whose code is in the built files, as esbuild reports them. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { build, type Metafile } from "esbuild";
import { ensureWasm } from "../bundling/wasm.ts";
import { packageOptions } from "../package/programs.ts";
import type { Package } from "./package.ts";
import { PORTED } from "./ported.ts";

const ROOT = join(import.meta.dirname, "../..");
/** Code in the bundles that is not imported: a compiler's standard library, and data generated into sources. */
const UNSEEN_BY_ESBUILD = [
  ["node_modules/assemblyscript", "worker (kernels.wasm)"],
  ["node_modules/d3-scale-chromatic", "aggregator (colormaps.generated.ts)"],
  ["node_modules/dejavu-fonts-ttf", "aggregator (glyphs.generated.ts)"],
] as const;
const LICENCE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/** The bundled packages and what was ported, sorted by name and version. */
export async function bundledPackages(): Promise<Package[]> {
  ensureWasm();
  const within = new Map<string, Set<string>>(
    UNSEEN_BY_ESBUILD.map(([path, bundle]) => [path, new Set([bundle])]),
  );
  // The npm package has all that is deployed inside, and more than a checkout's command line.
  for (const options of packageOptions(ROOT)) {
    const { metafile } = await build({ ...options, metafile: true, write: false });
    for (const [path, bundle] of packagesIn(metafile)) {
      const bundles = within.get(path) ?? new Set();
      within.set(path, bundles.add(bundle));
    }
  }
  const packages = [...within].map(([path, bundles]) => packageAt(path, [...bundles].sort()));
  return [...packages.map((each) => withText(each, packages)), ...PORTED].sort(
    (a, b) => compare(a.name, b.name) || compare(a.version, b.version),
  );
}

/** Some packages of a scope leave out the text of a licence that others of the scope bring. */
function withText(bare: Package, packages: readonly Package[]): Package {
  const [scope, isScoped] = bare.name.split("/");
  if (bare.texts.length > 0 || !isScoped) return bare;
  const other = packages.find(
    ({ name, licence, texts }) =>
      name.startsWith(`${scope}/`) && licence === bare.licence && texts.length > 0,
  );
  return { ...bare, texts: other?.texts ?? [] };
}

/** Each package's folder, with a file that has some of its code. */
function* packagesIn({ outputs }: Metafile): Generator<[path: string, bundle: string]> {
  for (const [output, { inputs }] of Object.entries(outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const path = /^.*node_modules\/(@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0];
      if (path && bytesInOutput > 0) yield [path, nameOf(output)];
    }
  }
}

/** `splitter` for `dist/splitter/index.js`; one name for all files of the command line. */
function nameOf(output: string): string {
  const path = relative("dist", output);
  return path.startsWith("cli/") ? "command line" : basename(dirname(path));
}

function packageAt(path: string, within: readonly string[]): Package {
  const folder = join(ROOT, path);
  const {
    name,
    version,
    license = "unknown",
  } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const texts = readdirSync(folder)
    .filter((file) => LICENCE_FILE.test(file))
    .sort(compare)
    .map((file) => readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n").trim());
  return { name, version, licence: license, within, texts };
}

/** By code units, so that the order does not depend on the machine's language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
