/** What esbuild is to do differently, so that the built files load faster. */
import type { Plugin } from "esbuild";

/** Packages that are loaded on the way but never used: in their place is a function that makes one that throws. */
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

/** Another module in the place of those whose path matches, but for what that one imports itself. */
export const replaceModule = (matching: RegExp, path: string): Plugin => ({
  name: "replace-module",
  setup: ({ onResolve }) =>
    onResolve({ filter: matching }, ({ importer }) => (importer === path ? undefined : { path })),
});
