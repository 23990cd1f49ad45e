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
