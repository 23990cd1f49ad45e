import { expect, test } from "vitest";
import { withJsEndings } from "../../../tools/package/types.ts";

test("types import each other by the names that compiled files have; examples in comments stay as they are", () => {
  const { text, imports } = withJsEndings(`/** import spot from "./spot.ts"; */
export { a } from "./a.ts";
import type { B } from "../b.ts";
export type C = typeof import("./c.ts") | "./d.ts";
export declare const from: "./e.ts"; // from "./f.ts"
import { Construct } from "constructs";
`);
  expect(text).toBe(`/** import spot from "./spot.ts"; */
export { a } from "./a.js";
import type { B } from "../b.js";
export type C = typeof import("./c.js") | "./d.ts";
export declare const from: "./e.ts"; // from "./f.ts"
import { Construct } from "constructs";
`);
  expect(imports).toEqual(["./a.ts", "../b.ts", "./c.ts", "constructs"]);
});
