import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
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

/** The bundles, built where their inputs changed since the last time. */
export async function ensureBundles(): Promise<Bundles> {
  const stampPath = join(DIST, "stamp.json");
  const stamp: Stamp | undefined = existsSync(stampPath) ? JSON.parse(readFileSync(stampPath, "utf8")) : undefined;
  const fresh = stamp && stamp.hash === hashOf(stamp.inputs) && Object.values(PATHS).every((path) => existsSync(path));
  if (!fresh) await build(stampPath);
  return PATHS;
}

const PATHS: Bundles = {
  splitter: join(DIST, "splitter/index.js"),
  worker: join(DIST, "worker/index.js"),
  aggregator: join(DIST, "aggregator/index.js"),
  slot: join(DIST, "slot/index.js"),
  runtime: join(DIST, "runtime/index.js"),
};

async function build(stampPath: string): Promise<void> {
  const { build } = await import("esbuild");
  mkdirSync(DIST, { recursive: true });
  writeFileSync(join(DIST, "package.json"), '{ "type": "commonjs" }\n');
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: [
      ...STAGES.map((stage) => ({ in: `functions/${stage}/handler.ts`, out: `${stage}/index` })),
      { in: "cli/local/slot-process.ts", out: "slot/index" },
      { in: "cli/local/runtime.ts", out: "runtime/index" },
    ],
    outdir: DIST,
    bundle: true,
    platform: "node",
    format: BUNDLING.format,
    target: BUNDLING.target,
    mainFields: BUNDLING.mainFields.split(","),
    minify: BUNDLING.minify,
    metafile: true,
    logLevel: "error",
  });
  // Packages change with the lock file only; hashing their thousands of files each time would cost more.
  const inputs = Object.keys(result.metafile.inputs).filter((path) => !path.includes("node_modules/"));
  const all = [...inputs, "package-lock.json", relative(ROOT, import.meta.filename), "shared/bundling.ts"].sort();
  writeFileSync(stampPath, JSON.stringify({ hash: hashOf(all), inputs: all } satisfies Stamp));
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
