import { expect, test, vi } from "vitest";
import { loadArtifact } from "../../../shared/kernels/artifact.ts";
import type { KernelSource } from "../../../shared/kernels/authoring.ts";
import * as maths from "../../../shared/kernels/maths/index.ts";
import { PURE_GLOBALS, PURE_NAMES } from "../../../shared/kernels/pure-globals.ts";
import { loaded, pointFile } from "../../helpers/kernel-file.ts";

/** Expressions of `x` with their place in one file, so that one build serves them all. */
async function answersOf(expressions: readonly string[], before = "") {
  const cases = expressions.map((each, index) => `if (x === ${index}) return ${each};`).join("\n");
  const { at } = await loaded(`// @ts-nocheck\n${pointFile(`${cases}\nreturn NaN;`, before)}`);
  return expressions.map((expression, index) => {
    try {
      return [expression, at(index)] as const;
    } catch (error) {
      return [expression, `${(error as Error).name}: ${(error as Error).message}`] as const;
    }
  });
}

/** An argument at which our sine and the machine's differ in a bit: what both answer shows which one was called. */
const TELLING = Array.from({ length: 100_000 }, (_, index) => index / 7).find(
  (each) => maths.sin(each) !== Math.sin(each),
);

test("however a kernel reaches Math, it is ours", async () => {
  const before = `
    const { sin } = Math;
    const { sin: renamed, ...rest } = Math;
    const M = Math;
    const name = ["s", "i", "n"].join("");
    import { sine } from "./lib.cjs";
    class Holder { static Math = Math; }
    var hoisted = () => Math.sin(a);
    const a = ${TELLING};`;
  const expressions = [
    "Math.sin(a)",
    "sin(a)",
    "renamed(a)",
    "rest.cos(a - Math.PI / 2) === Math.cos(a - Math.PI / 2) ? Math.sin(a) : 0",
    'Math["sin"](a)',
    "Math[name](a)",
    "M.sin(a)",
    "(0, Math.sin)(a)",
    "[a].map(Math.sin)[0]",
    "globalThis.Math.sin(a)",
    'globalThis["Ma" + "th"].sin(a)',
    "global.Math.sin(a)",
    "globalThis.globalThis.Math.sin(a)",
    "Reflect.get(Math, name)(a)",
    "Holder.Math.sin(a)",
    "hoisted()",
    "sine(a)",
    "Math?.sin?.(a)",
    "Math.sin.call(null, a)",
    "(function () { return this === undefined ? Math.sin(a) : this.Math.sin(a); })()",
  ];
  const text = pointFile(
    `switch (x) {\n${expressions.map((each, index) => `case ${index}: return ${each};`).join("\n")}\n}`,
    before,
  );
  const sloppy =
    "function self() { return this; }\nexports.sine = (a) => (self() ?? { Math }).Math.sin(a);\n";
  const { at } = await loaded(`// @ts-nocheck\n${text}`, { "lib.cjs": sloppy });
  const given = expressions.map((expression, index) => [expression, at(index)]);
  expect(TELLING).toBeGreaterThan(0);
  expect(given).toEqual(expressions.map((expression) => [expression, maths.sin(TELLING!)]));
});

const NUMBERS = [0, -0, 1, -1, 0.5, -0.7, 3, 1e-310, 1e300, 47.11, Number.NaN, Number.POSITIVE_INFINITY];
const SAMPLES = NUMBERS.flatMap((x) => NUMBERS.map((y) => [x, y] as const));
/** What JavaScript takes for numbers. */
const OTHERS = ["0.5", "", "x", null, undefined, true, [], [3], { valueOf: () => 0.25 }];
const CONVERTED = OTHERS.flatMap((x) => OTHERS.map((y) => [x, y] as const));

test("every function of Math is ours, exact by the language's own definition, or absent", async () => {
  const names = Object.getOwnPropertyNames(Math);
  const { source } = await loaded(
    pointFile("return x;", "export const names = {};\n").replace(
      "point({ x }) { return x; }",
      "point: (() => Math) as never",
    ),
  );
  const ours = (source.point as unknown as () => Record<string, unknown>)();
  const given = Object.fromEntries(names.map((name) => [name, ours[name]]));
  const same = names.filter((name) => given[name] === Reflect.get(Math, name) && given[name] !== undefined);
  expect(same.sort()).toEqual(
    [
      ...["E", "LN10", "LN2", "LOG10E", "LOG2E", "PI", "SQRT1_2", "SQRT2"],
      ...["abs", "ceil", "clz32", "floor", "fround", "imul", "max", "min", "round", "sign", "sqrt", "trunc"],
    ].sort(),
  );
  const replaced = Object.keys(maths).filter((name) => name !== "MATHS_VERSION");
  expect(names.filter((name) => given[name] !== undefined && !same.includes(name)).sort()).toEqual(
    [...replaced, "random"].sort(),
  );
  const call = (from: object, name: string, ...values: unknown[]) => Reflect.get(from, name)(...values);
  for (const name of replaced) {
    const wrong = SAMPLES.filter(([x, y]) => !Object.is(call(ours, name, x, y), call(maths, name, x, y)));
    expect(wrong, name).toEqual([]);
    const converted = CONVERTED.filter(
      ([x, y]) => !Object.is(call(ours, name, x, y), call(maths, name, Number(x), Number(y))),
    );
    expect(converted, name).toEqual([]);
  }
  expect(Object.isFrozen(ours)).toBe(true);
});

test("`**` is our pow, with numbers that are written out too", async () => {
  const bases = Array.from({ length: 400 }, (_, index) => 1 + index / 7);
  const telling = bases.find((base) => maths.pow(base, 0.3) !== base ** 0.3) ?? 1.1;
  const given = await answersOf(
    [`${telling} ** 0.3`, "assigned()"],
    `
    const assigned = () => { let power = ${telling}; power **= 0.3; return power; };`,
  );
  expect(given.map(([, value]) => value)).toEqual(Array(2).fill(maths.pow(telling, 0.3)));
});

test("`**` takes two bigints, and not one, as the language has it", async () => {
  const given = await answersOf(["2n ** 70n === 1180591620717411303424n", "2 ** 3n", "2n ** 3"]);
  expect(given[0]?.[1]).toBe(true);
  expect([given[1]?.[1], given[2]?.[1]].every((each) => String(each).startsWith("TypeError"))).toBe(true);
});

test("what differs from run to run throws a sentence when it is called", async () => {
  const calls = [
    "Math.random()",
    "Date()",
    "new Date()",
    "Date.now()",
    "performance.now()",
    "crypto.randomUUID()",
  ];
  const more = [
    "crypto.getRandomValues(new Uint8Array(1))",
    'fetch("http://127.0.0.1")',
    "setTimeout(() => {}, 0)",
  ];
  const code = [
    'eval("1")',
    '(0, eval)("1")',
    'Function("return 1")()',
    'new Function("return 1")()',
    "queueMicrotask(() => {})",
  ];
  const given = await answersOf([...calls, ...more, ...code, "Math?.random?.()"]);
  for (const [expression, value] of given) {
    const name = /[A-Za-z.]+/
      .exec(expression.replace(/^new |^\(0, /, "").replaceAll("?.", "."))?.[0]
      .replace(/\.$/, "");
    expect(value, expression).toBe(
      `ContractError: Expected a kernel to compute from its inputs and \`random\` alone, got a call of ${name}.`,
    );
  }
});

test("a refused global's prototype leads to the refused one, not to the true one", async () => {
  const given = await answersOf([
    "Date.prototype.constructor()",
    "Reflect.construct(Date.prototype.constructor, [])",
    "Object.create(Date.prototype).constructor.now()",
    "fetch.prototype.constructor()",
  ]);
  const said = given.map(([, value]) => /a call of (.*)\.$/.exec(String(value))?.[1]);
  expect(said).toEqual(["Date", "Date", "Date.now", "fetch"]);
  const kept = await answersOf(["typeof Date.prototype.getDay", "Object.isFrozen(Date.prototype)"]);
  expect(kept.map(([, value]) => value)).toEqual(["function", true]);
});

/** All that a value leads to, by properties, accessors and prototypes; less what functions call their constructors. */
function reachedFrom(start: object): ReadonlySet<unknown> {
  const reached = new Set<unknown>([start]);
  for (const value of reached) {
    const isFunction = value instanceof Function || value === Function.prototype;
    const properties = Object.getOwnPropertyDescriptors(value as object);
    const keys = Reflect.ownKeys(properties).filter((key) => !(isFunction && key === "constructor"));
    const found = keys.flatMap((key) => Object.values(Reflect.get(properties, key) as PropertyDescriptor));
    for (const each of [Object.getPrototypeOf(value), ...found]) if (Object(each) === each) reached.add(each);
  }
  return reached;
}

test("no global that was replaced or is absent is reached from those that a kernel sees", () => {
  const reached = reachedFrom(PURE_GLOBALS);
  const others = PURE_NAMES.map((name) => [name, Reflect.get(globalThis, name)] as const);
  const held = {
    Date: ["now", "parse", "UTC"],
    Math: ["random", "sin", "pow"],
    crypto: [],
    performance: ["now"],
  };
  const parts = Object.entries(held).flatMap(([name, parts]) =>
    parts.map((part) => [`${name}.${part}`, Reflect.get(Reflect.get(globalThis, name), part)] as const),
  );
  expect(
    [Array, Reflect.get, Promise.prototype.then, Date.prototype.getDay].map((each) => reached.has(each)),
  ).toEqual(Array(4).fill(true));
  expect([...others, ...parts].filter(([, value]) => reached.has(value)).map(([name]) => name)).toEqual([]);
});

test("what a kernel prints goes to stderr, and tells it nothing of the terminal", async () => {
  const printed = vi.spyOn(console, "error").mockImplementation(() => {});
  const given = await answersOf(
    ["told", 'console.log("%d of", 3, { a: [x] }, "100%d")'],
    `let told = 0;
    console.log({ [Symbol.for("nodejs.util.inspect.custom")]: () => String(++told) });`,
  );
  expect(given.map(([, value]) => value)).toEqual([0, undefined]);
  expect(printed.mock.calls.at(-1)).toEqual(["3 of { a: [ 1 ] } 100%d"]);
  printed.mockRestore();
});

test("what Node adds to the language is not there", async () => {
  const names = [
    "process",
    "Buffer",
    "WebAssembly",
    "Intl",
    "SharedArrayBuffer",
    "Atomics",
    "WeakRef",
    "FinalizationRegistry",
  ];
  const more = ["WebSocket", "BroadcastChannel", "navigator", "self", "window", "URL"];
  const given = await answersOf([...names, ...more].map((name) => `typeof ${name}`));
  expect(given.map(([, value]) => value)).toEqual(Array(names.length + more.length).fill("undefined"));
  const there = await answersOf([
    "typeof Float64Array",
    "[] instanceof Array",
    "JSON.stringify(3)",
    "typeof structuredClone",
  ]);
  expect(there.map(([, value]) => value)).toEqual(["function", true, "3", "function"]);
});

test("a kernel changes none of the globals it sees, and its libraries may ask what is one", async () => {
  const given = await answersOf(
    [
      "Math.sin = 3",
      "globalThis.mine = 3",
      "undeclared = 3",
      "point instanceof Function",
      "[] instanceof Date",
    ],
    "const point = () => 1;",
  );
  expect(given[0]?.[1]).toMatch(/^TypeError/);
  expect(given[1]?.[1]).toMatch(/^TypeError/);
  expect(given[2]?.[1]).toMatch(/^ReferenceError/);
  expect(given.slice(3).map(([, value]) => value)).toEqual([true, false]);
});

test("a kernel is no sandbox: a function's constructor leads to the machine's Math, as its comment says", async () => {
  const given = await answersOf([`[].constructor.constructor("return Math")().sin(${TELLING})`]);
  expect(given[0]?.[1]).toBe(Math.sin(TELLING!));
});

test("two artifacts share no state", async () => {
  const { artifact } = await loaded(pointFile("return ++calls;", "let calls = 0;"));
  const [one, other] = [loadArtifact(artifact), loadArtifact(artifact)] as [KernelSource, KernelSource];
  const call = ({ point }: KernelSource) => (point as unknown as (inputs: object) => number)({ x: 0 });
  expect([call(one), call(one), call(other)]).toEqual([1, 2, 1]);
});
