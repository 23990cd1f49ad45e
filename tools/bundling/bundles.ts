import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import type { BuildOptions, Metafile } from "esbuild";
import { BUNDLING, STAGES, type Stage } from "../../shared/build/bundling.ts";
import { IS_PACKAGE } from "../../shared/build/commands.ts";
import { Folder } from "../../shared/ports/file/folder.ts";
import { TEMPLATE_FILES } from "../init/template-files.ts";
import { leaveOut, loadBeside, replaceModule } from "./bundle-plugins.ts";
import { DIST, expectWritable, IS_BUILT, ROOT, TEMPLATE } from "./dist.ts";
import { PAGE_PATH, pageHtml } from "./page.ts";
import { isFresh, writeStamp } from "./stamp.js";
import { ensureWasm, WASM_FILE, wasmInputs } from "./wasm.ts";

/** The built files: a bundle per stage, the program of a slot's process, and the embedded cloud. */
export type Bundles = Readonly<Record<Stage | "slot" | "emulator", string>>;

export interface BundleOptions {
  /** The folder for the bundles. */
  readonly folder: string;
  /** A module that replaces shared/kernels/registry.ts: tests bring kernels of their own. */
  readonly registry?: string;
  /** The stages' bundles alone, with names and source maps, in a folder of their own. */
  readonly isForDebugger?: boolean;
  /** Called before anything is built. */
  readonly onBuild?: (() => void) | undefined;
}

const DEBUGGED = join(DIST, "debugged");

/** The bundles, built where their inputs changed since the last time. */
export async function ensureBundles(given: Partial<BundleOptions> = {}): Promise<Bundles> {
  // In the npm package, a debugger sees the bundles that it has: a user's kernel has its source map in them too.
  const isForDebugger = given.isForDebugger === true && !IS_PACKAGE;
  const options = { ...given, isForDebugger, folder: given.folder ?? (isForDebugger ? DEBUGGED : DIST) };
  const { folder } = options;
  if (!(IS_BUILT && folder === DIST) && !isFresh(folder)) await buildAll(options);
  const path = (name: string) => join(folder, name, "index.js");
  return {
    splitter: path("splitter"),
    worker: path("worker"),
    aggregator: path("aggregator"),
    slot: path("slot"),
    emulator: path("emulator"),
  };
}

async function buildAll({ folder, registry, isForDebugger, onBuild }: BundleOptions): Promise<void> {
  expectWritable(folder);
  onBuild?.();
  ensureWasm();
  const beganAtMs = Date.now();
  const { build } = await import("esbuild");
  // Another process may be building, or running, the same bundles: it sees either the old file or the new one.
  const dist = new Folder({ "": folder });
  dist.write("package.json", Buffer.from('{ "type": "commonjs" }\n'));
  linkPackages(folder);
  const plugins = registry === undefined ? [] : [replaceModule(/(\/kernels|^\.)\/registry\.ts$/, registry)];
  const { stages, program } = buildOptions(folder);
  const debugged = { ...stages, minify: false, sourcemap: "inline" as const };
  const builds = isForDebugger ? [debugged] : registry === undefined ? [stages, program] : [stages];
  const made: Metafile[] = [];
  for (const options of builds) {
    const { metafile, outputFiles } = await build({
      ...options,
      plugins: [...plugins, ...(options.plugins ?? [])],
      metafile: true,
      write: false,
    });
    for (const { path, contents } of outputFiles) dist.write(relative(folder, path), contents);
    made.push(metafile);
  }
  const template = builds.includes(program) ? TEMPLATE_FILES : [];
  const page = builds.includes(program) ? await pageHtml() : undefined;
  if (page) dist.write(PAGE_PATH, page.html);
  for (const name of template) dist.write(`template/${name}`, readFileSync(join(TEMPLATE, name)));
  // Packages are represented by the lock file: hashing their thousands of files each time would cost more.
  const inputs = made
    .flatMap((metafile) => Object.keys(metafile.inputs))
    .filter((path) => !path.includes("node_modules/"));
  const ours = [
    "package.json",
    "shared/build/bundling.ts",
    "shared/build/of-sources.ts",
    "tools/bundling/bundles.ts",
    "tools/bundling/bundle-plugins.ts",
    "tools/bundling/dist.ts",
    "tools/bundling/dist-folder.js",
    "tools/bundling/load-compiled.js",
    "tools/bundling/stamp.js",
  ];
  const others = [
    ...ours,
    ...(page?.inputs ?? []),
    ...template.map((name) => `tools/init/template/${name}`),
    ...wasmInputs(),
  ];
  const besides = [...template.map((name) => `template/${name}`), ...(page ? [PAGE_PATH] : [])];
  const copied = besides.map((path) => relative(ROOT, join(folder, path)));
  const outputs = [...made.flatMap((metafile) => Object.keys(metafile.outputs)), ...copied];
  writeStamp(folder, beganAtMs, [...new Set([...inputs, ...others])].sort(), outputs);
}

/** Links the packages into a folder outside the checkout: esbuild's external packages would not be found there. */
function linkPackages(folder: string): void {
  const link = join(folder, "node_modules");
  if (relative(ROOT, folder).startsWith("..") && !existsSync(link))
    symlinkSync(join(ROOT, "node_modules"), link);
}

/** esbuild's options for everything that runs: the functions with their slots, and the command line. */
export const buildOptions = (folder: string) => ({
  stages: stages(folder),
  program: program(folder),
  /** What the command line takes from bundles beside its own. */
  besides: BESIDES,
});

/** For `npm run coverage`: a file whose code runs before each bundle's. A source map then tells their lines apart. */
const preload = process.env.BUNDLE_PRELOAD;

/** The letters of pictures, 20 KB that no compression makes smaller: one file for the aggregator and the command line. */
const GLYPHS = /\/glyphs\.generated\.ts$/;

/** Queues and a store on Redis, all that functions/redis-hub.ts exports: one file for slots and the command line. */
const REDIS =
  /\/ports\/redis\/(connection|named-store|redis-(facts|ports|queue|store)|refusal|scripts|store-url)\.ts$/;

const BESIDES = [loadBeside(GLYPHS, "../aggregator/glyphs.js"), loadBeside(REDIS, "../redis/hub.js")];

const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: "node",
  target: BUNDLING.target,
  conditions: BUNDLING.conditions.split(","),
  loader: BUNDLING.loader,
  logLevel: "error",
  // package.json names this file, except when the checkout's dist/ cannot be written.
  alias: { "#kernels.wasm": WASM_FILE },
  ...(preload && { sourcemap: "inline" as const, banner: { js: `require(${JSON.stringify(preload)});` } }),
} as const;

/** The programs that run in slots, bundled as the stack bundles them, and the embedded cloud. */
function stages(folder: string): BuildOptions {
  return {
    ...COMMON,
    entryPoints: [
      ...STAGES.map((stage) => ({ in: `functions/${stage}/handler.ts`, out: `${stage}/index` })),
      { in: "plots/glyphs.generated.ts", out: "aggregator/glyphs" },
      { in: "client/local/slot-process.ts", out: "slot/index" },
      { in: "client/local/emulator.ts", out: "emulator/index" },
      { in: "shared/kernels/host/host.ts", out: "kernels/host" },
      { in: "functions/worker/apart.ts", out: "kernels/apart" },
      { in: "functions/redis-hub.ts", out: "redis/hub" },
    ],
    outdir: folder,
    // A package that the npm package depends on.
    external: ["ioredis"],
    format: BUNDLING.format,
    mainFields: BUNDLING.mainFields.split(","),
    minify: BUNDLING.minify,
    supported: BUNDLING.supported,
    define: BUNDLING.define,
    plugins: [
      loadBeside(GLYPHS, "glyphs.js"),
      leaveOut(
        // Parts of fastify: fauxqs uses no validation schemas and no log, and speaks HTTP/1.1.
        ...["@fastify/ajv-compiler", "@fastify/fast-json-stringify-compiler", "pino", "node:http2"],
        // For plugins that name a version, and behind a proxy.
        ...["semver", "@fastify/proxy-addr"],
        // Requests that no connection brings: client/local/inject.ts.
        "light-my-request",
        // For a database that outlives the emulator: there is none, and Node 22 warns of it.
        "node:sqlite",
      ),
    ],
  };
}

/**
 * The command line itself, see cli/main.js. Its output is two folders deep, like its sources, which find the project
 * from there. Not as ES modules: an `import` of a built-in module reads each of its exports, some of which load much
 * unused code (node:http loads undici, node:crypto all of WebCrypto), and each file that a lazy import needs adds time
 * of its own.
 */
function program(folder: string): BuildOptions {
  return {
    ...COMMON,
    entryPoints: [
      ...["cli/program.ts", "client/job-folder/claim/renewal-thread.ts", "client/threads/thread.ts"],
      ...["tools/kernels/build-file.ts", "tools/kernels/deploy.ts"],
    ],
    entryNames: "[name]",
    outdir: join(folder, "cli"),
    format: "cjs",
    mainFields: BUNDLING.mainFields.split(","),
    supported: BUNDLING.supported,
    define: {
      "import.meta.dirname": "__dirname",
      "import.meta.filename": "__filename",
      "import.meta.main": "false",
      BUILD: BUNDLING.define.BUILD,
    },
    // Large, and rarely needed: loaded from node_modules.
    external: ["@aws-sdk/*", "assemblyscript", "esbuild", "ioredis"],
    plugins: [
      // A tenth of the program, which only a kernel from a file needs.
      loadBeside(/\/build-file\.ts$/, "build-file.js"),
      ...BESIDES,
    ],
  };
}

if (import.meta.main) {
  const bundles = await ensureBundles();
  for (const path of Object.values(bundles)) console.log(relative(process.cwd(), path));
}
