import { createContext, runInContext } from "node:vm";
import { expect, test } from "vitest";
import { asCommonJs } from "../../../tools/package/shared-chunks.ts";

const CHUNK = `import { one as a } from "./first.js";
import b from "node:second";
import * as c from "node:third";
const text = \`
var d = require("never");\`;
export const sum = () => a() + b.two + c.three, again = () => a(), said = text;
`;

test("a chunk loads others when their names are first used, each once", async () => {
  const modules: Record<string, object> = {
    "./first.js": { one: () => 1 },
    "node:second": { two: 20 },
    "node:third": { three: 300 },
  };
  const loaded: string[] = [];
  const require = (name: string) => {
    loaded.push(name);
    return modules[name];
  };
  const module = { exports: {} as Record<string, () => number> };
  const options = { platform: "node", minify: true, lineLimit: 350 } as const;
  runInContext(await asCommonJs(CHUNK, options), createContext({ module, require }));
  const { sum, again } = module.exports;
  expect(loaded).toEqual([]);
  expect(again?.()).toBe(1);
  expect(loaded).toEqual(["./first.js"]);
  expect([sum?.(), sum?.()]).toEqual([321, 321]);
  expect(loaded.toSorted()).toEqual(["./first.js", "node:second", "node:third"]);
});
