/** The worker's bundle in other forms than the one that is deployed. */
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { replaceModule } from "../../../tools/bundling/bundle-plugins.ts";
import { buildOptions } from "../../../tools/bundling/bundles.ts";
import { ROOT } from "../../measuring/machine.ts";
import type { BundleName } from "../cells.ts";

const HANDLER = "functions/worker/handler.ts";
const here = (name: string) => join(import.meta.dirname, name);

/** What an ES module lacks and bundled CommonJS asks for. */
const AS_COMMON_JS = `import { createRequire } from "node:module"; import { dirname } from "node:path"; import { fileURLToPath } from "node:url";
const require = createRequire(import.meta.url), __filename = fileURLToPath(import.meta.url), __dirname = dirname(__filename);`;

const FORMS: Partial<Record<BundleName, BuildOptions>> = {
  "nothing moved into init": {
    plugins: [
      replaceModule(/\/rehearsal\.ts$/, here("no-rehearsal.ts")),
      replaceModule(/\/transport\.ts$/, here("connect-on-demand.ts")),
    ],
  },
  "SDK inside": { entryPoints: [{ in: here("sdk-inside.ts"), out: "index" }] },
  "ES module": { format: "esm", banner: { js: AS_COMMON_JS }, outExtension: { ".js": ".mjs" } },
  "not minified": { minify: false },
};

/** Builds them below `folder`; the file of each, where it is not that of the deployed bundle. */
export async function buildVariants(folder: string): Promise<Partial<Record<BundleName, string>>> {
  const built: Partial<Record<BundleName, string>> = {};
  for (const [name, form] of Object.entries(FORMS) as [BundleName, BuildOptions][]) {
    const outdir = join(folder, name.replaceAll(" ", "-"));
    const { stages } = buildOptions(outdir);
    await build({ ...stages, absWorkingDir: ROOT, entryPoints: [{ in: HANDLER, out: "index" }], ...form });
    built[name] = join(outdir, name === "ES module" ? "index.mjs" : "index.js");
  }
  return built;
}
