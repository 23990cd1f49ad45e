/** The npm package's package.json. */
import checkout from "../../package.json" with { type: "json" };
import { OLDEST_NODE } from "../../shared/build/oldest-node.ts";
import { ENTRIES, PEERS } from "./programs.ts";

/** Of what the checkout's says, what is true of the package. There is nothing to run at install. */
export function packageManifest() {
  const { name, version, description, license, dependencies, devDependencies } = checkout;
  return {
    name,
    version,
    description,
    keywords: ["array", "chunks", "fan-out", "grid", "lambda", "parallel", "queue", "sqs", "webassembly", "zarr"],
    license,
    type: "module",
    bin: { manyhands: "dist/cli/main.js" },
    exports: {
      ...Object.fromEntries(
        ENTRIES.map((entry) => [
          entry === "index" ? "." : `./${entry}`,
          { types: `./types/api/${entry}.d.ts`, default: `./api/${entry}.js` },
        ]),
      ),
      "./package.json": "./package.json",
    },
    sideEffects: false,
    engines: { node: `>=${OLDEST_NODE}` },
    dependencies: { esbuild: dependencies.esbuild },
    peerDependencies: Object.fromEntries(PEERS.map((peer) => [peer, `^${devDependencies[peer]}`])),
    peerDependenciesMeta: Object.fromEntries(PEERS.map((peer) => [peer, { optional: true }])),
  };
}
