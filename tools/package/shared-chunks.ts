/**
 * Programs of CommonJS that share most of their code. esbuild splits ES modules alone, so they are built as such, and each file is made
 * CommonJS afterwards.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type BuildOptions, type Plugin, transform } from "esbuild";

/** A file's line that loads another one, as esbuild writes it: its variable, and what the variable is. */
const LOADING = /^var (\w+) = ((?:__toESM\()?require\("[^"\n]+"\)(?:(?:, 1)?\))?);\n/gm;

/** A dynamic import of a file, ours or a bundled package's. */
const ON_DEMAND = /(?<!typeof )\bimport\((["'][.@][^"']+["'])\)/g;

const NAME = /^ {2}override readonly name = ("\w+");$/gm;
/** An error's class with its name, which Node prints of an error that a program does not catch. To keep all names takes 21 KB packed. */
const withNames = (text: string): string => text.replace(NAME, "$&\n  static readonly name = $1;");

/** Each is loaded by the first use of one of its names, once. */
const LATER = `const later = (all) => {
  for (const [name, load] of Object.entries(all))
    Object.defineProperty(all, name, {
      configurable: true,
      get() {
        const value = load();
        Object.defineProperty(all, name, { value });
        return value;
      },
    });
  return all;
};
`;

/**
 * Splits the entry points' code into files that they share. A dynamic import of ours stays within its file, where esbuild would make it one
 * of its own: each costs a start more than the few lines that it leaves unread.
 */
export const sharedChunks: Plugin = {
  name: "shared-chunks",
  setup({ initialOptions: options, onLoad, onEnd }) {
    const isWritten = options.write !== false;
    Object.assign(options, { format: "esm", splitting: true, chunkNames: "shared-[hash]", write: false });
    // A module that awaits while it loads would be used before it is there: CommonJS does not wait for it.
    options.supported = { ...options.supported, "top-level-await": false };
    onLoad({ filter: /\.[jt]s$/ }, ({ path }) => ({
      contents: withNames(
        readFileSync(path, "utf8").replace(ON_DEMAND, "Promise.resolve().then(() => require($1))"),
      ),
      loader: path.endsWith(".ts") ? "ts" : "js",
    }));
    onEnd(async ({ outputFiles = [] }) => {
      if (!isWritten) return;
      for (const { path, text } of outputFiles) {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, await asCommonJs(text, options));
      }
    });
  },
};

/**
 * An ES module as CommonJS. What it imports is loaded when it is first used, as in a bundle of CommonJS: modules that are loaded on demand
 * bring theirs along, such as node:http and AWS's SDK.
 */
export async function asCommonJs(
  text: string,
  { platform, target, supported, minify, lineLimit }: BuildOptions,
): Promise<string> {
  const common = {
    ...(platform && { platform }),
    ...(target && { target }),
    ...(supported && { supported }),
    format: "cjs",
  } as const;
  const { code } = await transform(text, common);
  const loaded = [...code.matchAll(LOADING)].map(([, name = "", loading = ""], k) => ({
    name,
    loading,
    key: `$${k}`,
  }));
  const getters = loaded.map(({ key, loading }) => `${key}: () => ${loading},\n`).join("");
  const define = Object.fromEntries(loaded.map(({ name, key }) => [name, `others.${key}`]));
  const made = await transform(
    `${LATER}const others = later({\n${getters}});\n${code.replace(LOADING, "")}`,
    {
      ...common,
      define,
      ...(minify !== undefined && { minify }),
      ...(lineLimit !== undefined && { lineLimit }),
    },
  );
  return made.code;
}
