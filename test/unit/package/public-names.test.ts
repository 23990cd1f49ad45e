import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folderWith } from "../../helpers/kernel-file.ts";
import { publicNames } from "../../helpers/public-names.ts";

const API = join(import.meta.dirname, "../../../api");
const entries = ["index", "kernel", "cdk"].map((name) => join(API, `${name}.ts`)).filter(existsSync);

// A name that goes, or becomes a type only, is a new major version. `-u` writes the file again.
test.each(entries)("%s exports the names that it is known to", async (file) => {
  const name = file.slice(API.length + 1, -3);
  await expect(`${publicNames(file).join("\n")}\n`).toMatchFileSnapshot(`public-names/${name}.txt`);
});

test("names are found in every form of export", () => {
  const folder = folderWith({
    "index.ts": `/** export const not = 1; */
export { a, type B, c as d } from "./x.ts";
export type { E } from "./x.ts";
export * from "./all.ts";
export type * from "./types.ts";
export const f = 1, g = 2;
export async function h(): Promise<void> {}
export function h2(): void;
export abstract class I {}
`,
    "all.ts": "export interface J {}\nexport let k = 1;\n",
    "types.ts": "export class L {}\nexport type M = 1;\nconst hidden = 1;\n",
  });
  expect(publicNames(join(folder, "index.ts"))).toEqual(
    ["type B", "type E", "type J", "type L", "type M", "value I", "value a", "value d", "value f"].concat([
      "value h",
      "value h2",
      "value k",
    ]),
  );
});
