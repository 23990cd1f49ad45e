/** Plugins for esbuild that make the built files load faster. */
import type { Plugin } from "esbuild";

/** Replaces packages that are imported but never used by a function that returns a function that throws. */
export const leaveOut = (...packages: readonly string[]): Plugin => ({
  name: "leave-out",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /.*/ }, ({ path }) =>
      packages.includes(path) ? { path, namespace: "left-out" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "left-out" }, ({ path }) => ({
      contents: `const used = () => { throw new Error("${path} was left out of this bundle"); };
        module.exports = Object.assign(() => used, { symbols: {}, stdSerializers: {} });`,
    }));
  },
});

/** Puts another module in the place of those whose path matches, except in what that module imports itself. */
export const replaceModule = (matching: RegExp, path: string): Plugin => ({
  name: "replace-module",
  setup: ({ onResolve }) =>
    onResolve({ filter: matching }, ({ importer }) => (importer === path ? undefined : { path })),
});

/** Leaves a module that is loaded on demand to a bundle of its own, which lies beside the one that loads it. */
export const loadBeside = (matching: RegExp, file: string): Plugin => ({
  name: "load-beside",
  setup: ({ onResolve }) =>
    onResolve({ filter: matching }, ({ kind }) =>
      kind === "entry-point" ? undefined : { path: `./${file}`, external: true },
    ),
});
