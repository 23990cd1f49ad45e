/** All that runs in the npm package, as esbuild's options. */
import { existsSync } from "node:fs";
import { basename, extname, join } from "node:path";
import type { BuildOptions } from "esbuild";
import { buildToDeploy } from "../../shared/build/of-stages.ts";
import { leaveOut, loadBeside } from "../bundling/bundle-plugins.ts";
import { buildOptions } from "../bundling/bundles.ts";
import { ROOT } from "../bundling/dist.ts";
import { sharedChunks } from "./shared-chunks.ts";
import { usedSchemas, versionsAlone } from "./used-schemas.ts";

/** What the package exports: `index` as `manyhands`, the others as `manyhands/<name>`. Each is a file of api/. */
export const ENTRIES = ["index", "kernel", "cdk"].filter((entry) =>
  existsSync(join(ROOT, `api/${entry}.ts`)),
);

/** Packages that a user brings for one entry. */
export const PEERS = ["aws-cdk-lib", "constructs"] as const;

/** Far older than any that the package runs on: they are told so. */
const SOME_OLD_NODE = "node12";

/**
 * Bundles below `<folder>/dist`, in the places that they have in a checkout's dist/, and `<folder>/kernel.js`. With all packages inside
 * but esbuild, whose program differs from machine to machine, and ioredis, whose size a user of AWS alone never loads.
 */
export function packageOptions(folder: string): readonly BuildOptions[] {
  const dist = join(folder, "dist");
  const { stages, program, besides } = buildOptions(dist);
  const build = JSON.stringify(JSON.stringify(buildToDeploy()));
  const common = {
    ...program,
    // An uncaught error shows the line that threw: short lines.
    ...{ minify: true, lineLimit: 350 },
    external: ["esbuild", "ioredis"],
    define: { ...program.define, BUILD: build },
    plugins: [
      ...besides,
      leaveOut("assemblyscript/asc"), // no WebAssembly of ours is built there
      loadBeside(/^\.\/program\.ts$/, "program.js"),
      loadBeside(/\/(watching-)?sdk\.ts$/, "sdk.js"),
    ],
  } as const satisfies BuildOptions;
  const named = (path: string) => ({ in: path, out: basename(path, extname(path)) });
  // What else a checkout's command line has lies within program.ts.
  const threads = (program.entryPoints as readonly string[]).filter((path) => path.startsWith("client/"));
  return [
    stages,
    {
      ...common,
      entryPoints: ["tools/package/program.ts", ...threads].map(named),
      plugins: [sharedChunks, ...common.plugins],
    },
    {
      ...common,
      entryPoints: [{ in: "cli/installed.ts", out: "main" }],
      target: SOME_OLD_NODE,
      banner: { js: "#!/usr/bin/env node" },
    },
    // Not among the others: a module that is loaded on demand keeps all of its parts.
    {
      ...common,
      lineLimit: 0,
      entryPoints: ["tools/package/sdk.ts"],
      plugins: [usedSchemas, versionsAlone],
    },
    // What users' files import: it loads nothing, and editors show it.
    {
      ...common,
      minify: false,
      entryPoints: ["api/kernel.ts"],
      outdir: folder,
      format: "esm",
    },
    ...(ENTRIES.includes("cdk")
      ? [
          {
            ...common,
            entryPoints: [{ in: "api/cdk.ts", out: "constructs" }],
            external: [...common.external, ...PEERS.flatMap((peer) => [peer, `${peer}/*`])],
          },
        ]
      : []),
  ];
}
