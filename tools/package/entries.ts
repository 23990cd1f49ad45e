/** What `import` and `require` of the npm package find: ES modules around CommonJS, which starts faster (docs/decisions/cli.md). */
import { build } from "esbuild";
import { OLDEST_NODE } from "../../shared/build/oldest-node.ts";
import { ENTRIES, PEERS } from "./programs.ts";

const [MAJOR, MINOR] = OLDEST_NODE.split(".");

/** An older Node would fail somewhere within, and print the line of the bundle where it did: all of it. */
const EXPECT_NODE = `const [major, minor] = process.versions.node.split(".").map(Number);
if (major < ${MAJOR} || (major === ${MAJOR} && minor < ${MINOR})) throw new Error("Expected Node ${OLDEST_NODE} or later, got " + process.version + ".");
`;

/** CommonJS between an ES module and a large bundle: Node reads the whole file that an ES module imports, for the names of its exports. */
const BETWEEN: Readonly<Record<string, string>> = {
  index: `${EXPECT_NODE}const { library } = require("./cli/program.js");
module.exports = library();
`,
  cdk: `${EXPECT_NODE}let exported;
try {
  exported = require("./cli/constructs.js");
} catch (error) {
  const missing = error.code === "MODULE_NOT_FOUND" && ${JSON.stringify(PEERS)}.find((name) => error.message.includes("'" + name));
  if (!missing) throw error;
  throw new Error("Expected the packages ${PEERS.join(" and ")} beside manyhands/cdk, got none of " + missing + ": npm install ${PEERS.join(" ")}.");
}
module.exports = exported;
`,
};

/** The texts of these files, by their paths in the package. */
export async function entryFiles(): Promise<ReadonlyMap<string, string>> {
  const files = new Map([["dist/cli/deploy.js", 'require("./program.js").deploy();\n']]);
  for (const entry of ENTRIES) {
    files.set(`${entry}.d.ts`, `export * from "./types/api/${entry}.js";\n`);
    const between = BETWEEN[entry];
    if (between === undefined) continue;
    const names = await exportedBy(entry);
    files.set(`dist/${entry}.js`, between);
    files.set(
      `${entry}.js`,
      `import exported from "./dist/${entry}.js";\nexport const { ${names.join(", ")} } = exported;\n`,
    );
  }
  return files;
}

/** The names of the values that a file of api/ exports, sorted. */
async function exportedBy(entry: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [`api/${entry}.ts`],
    format: "esm",
    write: false,
    metafile: true,
    outdir: "api",
  });
  return Object.values(metafile.outputs)
    .flatMap(({ exports }) => exports)
    .sort();
}
