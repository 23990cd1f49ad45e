/** A user's file with all that it imports, as one CommonJS text. */
import { builtinModules } from "node:module";
import { basename, dirname, extname, join } from "node:path";
import type { BuildOptions, Loader, Plugin } from "esbuild";
import { BUNDLING } from "../../shared/build/bundling.ts";
import { type ArtifactKind, headOf } from "../../shared/kernels/artifact.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { BUILT_IN, refusal, sentenceOf } from "./bundle-refusals.ts";
import { lineOfEnumPower } from "./enum-powers.ts";
import { readSource } from "./read-source.ts";

export interface Bundle {
  readonly code: string;
  /** The source map, as JSON. */
  readonly map: string;
  /** The text of each file that went into it, by its real path. */
  readonly sources: ReadonlyMap<string, string>;
}

/** The most bytes of a bundle: a worker downloads it and holds it in memory. */
const MOST_BUNDLE_BYTES = 5_000_000;

/** Throws InvalidInputError, a sentence with the file and the line, where the file cannot become a kernel or a task. */
export async function bundleKernel(path: string, kind: ArtifactKind): Promise<Bundle> {
  const { build } = await import("esbuild");
  const folder = dirname(path);
  const sources = new Map<string, string>();
  const { outputFiles = [], warnings } = await build({
    ...COMMON,
    ...PLATFORMS[kind],
    banner: { js: headOf(kind) },
    absWorkingDir: folder,
    entryPoints: [path],
    // The map names sources relative to this file's folder, so a moved folder gives the same text.
    outfile: join(folder, "artifact.cjs"),
    plugins: [authoring, builtIns(kind), reading(sources, kind)],
  }).catch((error: unknown) => {
    throw sentenceOf(error, basename(path));
  });
  const refused = kind === "kernel" ? refusal(warnings) : undefined;
  if (refused) throw refused;
  const text = (ending: string) => outputFiles.find((file) => file.path.endsWith(ending))?.text ?? "";
  const bundle = { code: text(".cjs"), map: text(".map"), sources };
  if (bundle.code.length > MOST_BUNDLE_BYTES)
    throw new InvalidInputError(
      `${basename(path)} with its imports`,
      `at most ${MOST_BUNDLE_BYTES / 1e6} MB`,
      `${(bundle.code.length / 1e6).toFixed(1)} MB`,
    );
  return bundle;
}

const COMMON = {
  bundle: true,
  write: false,
  format: "cjs",
  target: BUNDLING.target,
  // The folder's own tsconfig.json, and NODE_PATH, are not part of what the hash covers.
  tsconfigRaw: "{}",
  nodePaths: [],
  sourcemap: "external",
  sourcesContent: false,
  charset: "utf8",
  legalComments: "none",
  treeShaking: true,
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "silent",
  logOverride: { "unsupported-dynamic-import": "warning", "unsupported-require-call": "warning" },
} as const satisfies BuildOptions;

const PLATFORMS: Readonly<Record<ArtifactKind, BuildOptions>> = {
  kernel: {
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["module"],
    // `**` becomes Math.pow, which is ours where the artifact is evaluated.
    supported: { "exponent-operator": false, "dynamic-import": false },
  },
  task: { platform: "node", supported: { "dynamic-import": false } },
};

/** What `manyhands/kernel` is at run time; its types are in api/kernel.ts. */
const AUTHORING = `
export const kernel = (source) => ({ ...source, kind: "kernel" });
export const task = (source) => ({ ...source, kind: "task" });
`;

const authoring: Plugin = {
  name: "manyhands/kernel",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^manyhands\/kernel$/ }, () => ({
      path: "kernel",
      namespace: "manyhands",
      sideEffects: false,
    }));
    onLoad({ filter: /.*/, namespace: "manyhands" }, () => ({ contents: AUTHORING, loader: "js" }));
  },
};

const IS_BUILT_IN = new RegExp(`^(node:.*|${builtinModules.join("|")})$`);
const ASKED = {};

/** Refuses Node's modules where the file is a kernel, unless an npm package has the name, such as `events`. */
const builtIns = (kind: ArtifactKind): Plugin => ({
  name: "built-ins",
  setup({ onResolve, resolve }) {
    if (kind === "task") return;
    onResolve({ filter: IS_BUILT_IN }, async ({ path, pluginData, ...asked }) => {
      if (pluginData === ASKED) return undefined;
      const { importer, namespace, resolveDir, kind: how } = asked;
      const options = { importer, namespace, resolveDir, kind: how, pluginData: ASKED };
      const found = path.startsWith("node:") ? undefined : await resolve(path, options);
      return found && found.errors.length === 0 ? found : { errors: [{ text: path, detail: BUILT_IN }] };
    });
  },
});

const LOADERS: Readonly<Record<string, Loader>> = {
  ...{ ".ts": "ts", ".mts": "ts", ".cts": "ts", ".tsx": "tsx" },
  ...{ ".js": "js", ".mjs": "js", ".cjs": "js", ".jsx": "jsx", ".json": "json", ".txt": "text" },
};

/** Reads each source once, so that the hash is of the text that was bundled. */
const reading = (sources: Map<string, string>, kind: ArtifactKind): Plugin => ({
  name: "sources",
  setup({ onLoad }) {
    onLoad({ filter: /.*/, namespace: "file" }, ({ path }) => {
      const loader = LOADERS[extname(path).toLowerCase()];
      if (!loader) return undefined;
      const contents = readSource(path);
      if (kind === "kernel" && loader.startsWith("ts"))
        expectNoPowerInEnums(contents, basename(path), loader);
      sources.set(path, contents);
      return { contents, loader };
    });
  },
});

/** esbuild computes an enum's values itself, `**` by a power that is not ours and may differ between its own builds. */
function expectNoPowerInEnums(text: string, name: string, loader: Loader): void {
  const line = lineOfEnumPower(text, loader === "tsx");
  if (line === undefined) return;
  throw new InvalidInputError(
    `${name}:${line}`,
    "an enum without **",
    "one with it",
    "Math.pow is the same.",
  );
}
