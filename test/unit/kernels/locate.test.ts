import { expect, test } from "vitest";
import { locate } from "../../../shared/kernels/locate.ts";
import { loaded, pointFile } from "../../helpers/kernel-file.ts";

const MINE = `import { kernel } from "manyhands/kernel";
import { check } from "./lib/check.ts";
import { root } from "roots";

type Positive = number;

const deep = (x: Positive): number => {
  return check(x);
};

export default kernel({
  inputs: { x: { from: 0, to: 1 } },
  value: { name: "y" },
  point: ({ x }) => {
    if (x === 1) throw new Error("one");
    if (x === 5) throw "a text";
    return x +
      deep(x) +
      root(x);
  },
});
`;
const OTHERS = {
  "lib/check.ts": `

export function check(x: number): number {
  if (x === 2)

    throw new RangeError("two");
  return x === 3 ? (undefined as never as string).length : x;
}
`,
  "node_modules/roots/package.json": '{ "type": "module", "exports": "./index.js" }',
  "node_modules/roots/index.js":
    'export const root = (x) => {\n  if (x === 4) throw new Error("four");\n  return Math.sqrt(x); };',
};

test("an error is placed at the line of the user's own file that threw it, or called what threw it", async () => {
  const { at, artifact } = await loaded(MINE, OTHERS);
  const places = [1, 2, 3, 4, 5].map((x) => {
    try {
      return at(x);
    } catch (error) {
      return locate(error, artifact);
    }
  });
  expect(places).toEqual(["mine.ts:15", "lib/check.ts:6", "lib/check.ts:7", "mine.ts:19", undefined]);
});

test("a task that waits first has its place too", async () => {
  const { artifact, source } = await loaded(
    `import { task } from "manyhands/kernel";

export default task({
  task: async (item: string) => {
    await Promise.resolve();
    throw new Error(item);
  },
});
`,
    {},
    "task",
  );
  const { task } = source as unknown as { task: (item: string) => Promise<never> };
  const error = await task("no").catch((thrown: unknown) => thrown);
  expect(locate(error, artifact)).toBe("mine.ts:6");
});

test("an error of another artifact, or of ours, has no place", async () => {
  const thrown = ({ at }: { at: (x: number) => number }) => {
    try {
      return at(0);
    } catch (error) {
      return error;
    }
  };
  const one = await loaded(pointFile('throw new Error("one");'));
  const other = await loaded(pointFile('throw new Error("other");'));
  expect(locate(thrown(one), one.artifact)).toBe("mine.ts:6");
  expect(locate(thrown(one), other.artifact)).toBeUndefined();
  expect(locate(new Error("ours"), one.artifact)).toBeUndefined();
  expect(locate("a text", one.artifact)).toBeUndefined();
});
