/** Plugins for esbuild that leave out of AWS's SDK what a bundle does not name. */
import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";

const CONSTANT = /^const (_\w*) = ("(?:[^"\\\n]|\\.)*");$/gm;

/**
 * A client's schemas are arrays, some of which have a key that is computed from a constant: `{ [_h]: … }`. esbuild takes computing a key
 * for an effect and keeps them, with every other that they name. Throws an error if it finds none: the SDK writes them in another way.
 */
export function withPlainKeys(schemas: string, path: string): string {
  const values = new Map([...schemas.matchAll(CONSTANT)].map(([, name, value]) => [name, value]));
  let replaced = 0;
  const text = schemas.replace(/\[(_\w*)\]:/g, (key, name) => {
    const value = values.get(name);
    if (value !== undefined) replaced++;
    return value === undefined ? key : `${value}:`;
  });
  if (values.size > 0 && replaced > 0) return text;
  throw new Error(`Expected schemas with keys such as [_h] in ${path}, found none.`);
}

export const usedSchemas: Plugin = {
  name: "used-schemas",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/client-[^/]*\/dist-es\/schemas\/schemas_0\.js$/ }, ({ path }) => ({
      contents: withPlainKeys(readFileSync(path, "utf8"), path),
    }));
  },
};

/** A client says its version to the service, and brings all of its package.json for that. */
export const versionsAlone: Plugin = {
  name: "versions-alone",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/node_modules\/@aws-sdk\/[^/]+\/package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};
