/** The files of a new project, from those in `template/`, which is a project called `my-project`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { OLDEST_NODE } from "../../shared/build/oldest-node.ts";
import { TEMPLATE } from "../bundling/dist.ts";
import { projectName } from "./project-name.ts";
import { TEMPLATE_FILES } from "./template-files.ts";

export interface Project {
  readonly name: string;
  /** The text of each file, by its name. */
  readonly files: ReadonlyMap<string, string>;
}

/** npm takes a `.gitignore` for the package's own. */
const NAMES: Partial<Record<(typeof TEMPLATE_FILES)[number], string>> = { gitignore: ".gitignore" };

/** The project that belongs into the folder, which need not be there. */
export function projectFor(folder: string): Project {
  const { version, devDependencies } = packageJson;
  const { "aws-cdk-lib": cdkLibrary, constructs, "aws-cdk": cdk, typescript } = devDependencies;
  const packages = { "aws-cdk": cdk, "aws-cdk-lib": cdkLibrary, constructs, typescript };
  const name = projectName(folder, ["manyhands", ...Object.keys(packages)]);
  const manifest = {
    name,
    private: true,
    type: "module",
    engines: { node: `>=${OLDEST_NODE}` },
    scripts: {
      start: "manyhands run ./spot.ts",
      check: "tsc",
      "build:c": "clang --target=wasm32 -O3 -nostdlib -fno-math-errno -Wl,--no-entry -o spot.wasm spot.c",
    },
    dependencies: { manyhands: version },
    devDependencies: packages,
    // Its script at install is not needed, and npm would warn of it.
    allowScripts: { esbuild: false },
  };
  const files = new Map([["package.json", `${JSON.stringify(manifest, undefined, 2)}\n`]]);
  for (const file of TEMPLATE_FILES) {
    const text = readFileSync(join(TEMPLATE, file), "utf8");
    files.set(NAMES[file] ?? file, text.replaceAll("my-project", name));
  }
  return { name, files };
}
