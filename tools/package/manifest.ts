/** The npm package's package.json. */
import checkout from "../../package.json" with { type: "json" };
import { OLDEST_NODE } from "../../shared/build/oldest-node.ts";
import { ENTRIES, PEERS } from "./programs.ts";

/** Where `man manyhands` lies in the package. npm shows it to `man` where the package is installed with --global. */
export const MAN_PAGE = "dist/man/manyhands.1";

/** What is true of the package in the checkout's package.json, and what the package adds. It has no scripts: nothing runs at install. */
export function packageManifest() {
  const { name, version, description, license, dependencies, devDependencies } = checkout;
  return {
    name,
    version,
    description,
    keywords: [
      "array",
      "chunks",
      "fan-out",
      "grid",
      "lambda",
      "parallel",
      "queue",
      "sqs",
      "webassembly",
      "zarr",
    ],
    license,
    type: "module",
    bin: { manyhands: "dist/cli/main.js" },
    // npm 11 links a list, and leaves a single name out.
    man: [`./${MAN_PAGE}`],
    exports: {
      ...Object.fromEntries(
        ENTRIES.map((entry) => [
          entry === "index" ? "." : `./${entry}`,
          { types: `./${entry}.d.ts`, default: `./${entry}.js` },
        ]),
      ),
      "./package.json": "./package.json",
    },
    // For TypeScript's `moduleResolution: node`, which older CDK apps have: it reads no exports, and finds the others by their files.
    main: "./index.js",
    types: "./index.d.ts",
    sideEffects: false,
    engines: { node: `>=${OLDEST_NODE}` },
    dependencies: { esbuild: dependencies.esbuild, ioredis: dependencies.ioredis },
    peerDependencies: Object.fromEntries(PEERS.map((peer) => [peer, `^${devDependencies[peer]}`])),
    peerDependenciesMeta: Object.fromEntries(PEERS.map((peer) => [peer, { optional: true }])),
  };
}
