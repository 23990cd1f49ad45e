/** The package `create-manyhands`, by which `npm create manyhands` is `manyhands init`. */
import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import checkout from "../../package.json" with { type: "json" };
import { OLDEST_NODE } from "../../shared/build/oldest-node.ts";
import { DIST, expectWritable, ROOT } from "../bundling/dist.ts";
import { type Packed, pack } from "./pack.ts";

/** CommonJS, which every version of Node loads: manyhands tells an old one what it needs. */
const PROGRAM = `#!/usr/bin/env node
// \`npm create manyhands my-project\` is \`manyhands init my-project\`.
const { dirname, join } = require("node:path");
const manifest = require.resolve("manyhands/package.json");
process.argv.splice(2, 0, "init");
require(join(dirname(manifest), require(manifest).bin.manyhands));
`;

const README = `# create-manyhands

\`npm create manyhands my-project\` makes a project for [manyhands](https://www.npmjs.com/package/manyhands), as \`manyhands init my-project\` does.
`;

/** Packs it into `<dist>/create-manyhands-<version>.tgz`; it depends on manyhands of the same version. */
export function makeCreatePackage(dist = DIST): Packed {
  expectWritable(dist);
  const { version, license, name } = checkout;
  const folder = join(dist, "create-package");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const manifest = {
    name: `create-${name}`,
    version,
    description: `Makes a project for ${name}.`,
    license,
    bin: { [`create-${name}`]: "index.js" },
    engines: { node: `>=${OLDEST_NODE}` },
    dependencies: { [name]: version },
  };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  writeFileSync(join(folder, "index.js"), PROGRAM);
  chmodSync(join(folder, "index.js"), 0o755);
  writeFileSync(join(folder, "README.md"), README);
  copyFileSync(join(ROOT, "LICENSE"), join(folder, "LICENSE"));
  return pack(folder);
}
