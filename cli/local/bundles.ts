import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Plugin } from "esbuild";
import { BUNDLING, STAGES, type Stage } from "../../shared/bundling.ts";

const ROOT = join(import.meta.dirname, "../..");
const DIST = join(ROOT, "dist");

/** The built files: a bundle per stage, the program of a slot's process, and the local engine's packages. */
export type Bundles = Readonly<Record<Stage | "slot" | "runtime", string>>;

/** What a build was made from: when none of it changed, neither did the bundles. */
interface Stamp {
  readonly hash: string;
  readonly inputs: readonly string[];
}

export interface BundleOptions {
  /** Where the bundles go. */
  readonly folder: string;
  /** A module that stands in for shared/kernels/registry.ts: tests bring kernels of their own. */
  readonly registry?: string;
}

/** The bundles, built where their inputs changed since the last time. */
export async function ensureBundles(options: BundleOptions = { folder: DIST }): Promise<Bundles> {
  const paths = pathsIn(options.folder);
  const stampPath = join(options.folder, "stamp.json");
  const stamp: Stamp | undefined = existsSync(stampPath)
    ? JSON.parse(readFileSync(stampPath, "utf8"))
    : undefined;
  const fresh =
    stamp && stamp.hash === hashOf(stamp.inputs) && Object.values(paths).every((path) => existsSync(path));
  if (!fresh) {
    const inputs = await build(options);
    writeFileSync(stampPath, JSON.stringify({ hash: hashOf(inputs), inputs } satisfies Stamp));
  }
  return paths;
}

function pathsIn(folder: string): Bundles {
  const path = (name: string) => join(folder, name, "index.js");
  return {
    splitter: path("splitter"),
    worker: path("worker"),
    aggregator: path("aggregator"),
    slot: path("slot"),
    runtime: path("runtime"),
  };
}

/** Returns the files it was made from. */
async function build({ folder, registry }: BundleOptions): Promise<string[]> {
  const { build } = await import("esbuild");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "type": "commonjs" }\n');
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: [
      ...STAGES.map((stage) => ({ in: `functions/${stage}/handler.ts`, out: `${stage}/index` })),
      { in: "cli/local/slot-process.ts", out: "slot/index" },
      { in: "cli/local/runtime.ts", out: "runtime/index" },
    ],
    outdir: folder,
    bundle: true,
    platform: "node",
    format: BUNDLING.format,
    target: BUNDLING.target,
    mainFields: BUNDLING.mainFields.split(","),
    minify: BUNDLING.minify,
    supported: BUNDLING.supported,
    metafile: true,
    logLevel: "error",
    plugins: registry === undefined ? [] : [replaceRegistry(registry)],
  });
  // Packages change with the lock file only; hashing their thousands of files each time would cost more.
  const inputs = Object.keys(result.metafile.inputs).filter((path) => !path.includes("node_modules/"));
  return [...inputs, "package-lock.json", relative(ROOT, import.meta.filename), "shared/bundling.ts"].sort();
}

function replaceRegistry(path: string): Plugin {
  return {
    name: "replace-registry",
    setup: ({ onResolve }) =>
      onResolve({ filter: /\/kernels\/registry\.ts$/ }, ({ importer }) =>
        importer === path ? undefined : { path },
      ),
  };
}

function hashOf(inputs: readonly string[]): string {
  const hash = createHash("sha256");
  for (const input of inputs) {
    const path = join(ROOT, input);
    hash.update(input).update(existsSync(path) ? readFileSync(path) : "");
  }
  return hash.digest("hex");
}

if (import.meta.main) {
  const bundles = await ensureBundles();
  for (const path of Object.values(bundles)) console.log(relative(process.cwd(), path));
}
