import fc from "fast-check";

/** What a door must not be surprised by: values for any place of a request or a message. */

/** Another one, or more cases, from the environment: FUZZ_SEED=7 FUZZ_TIMES=10. A failure prints what replays it. */
const SEED = Number(process.env.FUZZ_SEED ?? 20130313);
const TIMES = Number(process.env.FUZZ_TIMES ?? 1);

/** Checks the property against a number of cases drawn by the seed. */
export function fuzz<Value>(
  cases: number,
  values: fc.Arbitrary<Value>,
  property: (value: Value) => Promise<void> | void,
): Promise<void> {
  const asynchronous = fc.asyncProperty(values, async (value) => void (await property(value)));
  return fc.assert(asynchronous, { numRuns: Math.round(cases * TIMES), seed: SEED, asyncReporter: report });
}

const SHOWN = 2000;

/** As fast-check says it, but for cases of a megabyte. */
async function report<Value>(details: fc.RunDetails<[Value]>): Promise<void> {
  const said = fc.defaultReportMessage(details);
  if (!said) return;
  const cause = details.errorInstance instanceof Error ? details.errorInstance.message : "";
  throw new Error([said.slice(0, SHOWN), `seed ${details.seed}`, cause.slice(0, SHOWN)].join("\n"), {
    cause: details.errorInstance,
  });
}

const OF_OBJECTS = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "then", "toJSON"];

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...OF_OBJECTS,
    ...[
      "",
      " ",
      ".",
      "..",
      "../../x",
      "/etc/passwd",
      "a/b",
      "C:\\x",
      "~",
      "$(id)",
      "`id`",
      "'; rm -rf ~",
      "-",
    ],
    ...["a\0b", "a\nb", "\x1b[31m", "\x9b2J", "\u202etxt", "\u200b", "\ufeff", "\ud800", "\udfff", "\u2028"],
    ...[
      "é",
      "e\u0301",
      "数",
      "🙂",
      "ﬁ",
      "İ",
      "mandelbrot ",
      "MANDELBROT",
      "mandelbrot\0",
      "auto",
      "null",
      "true",
    ],
    ...["NaN", "Infinity", "-0", "1e999", "0x10", "1_000", "١٢", "1e3", "9".repeat(400), "1.", ".5", "+1"],
    ...[
      "x".repeat(65),
      "x".repeat(100_000),
      "a".repeat(64),
      "<script>",
      "</script",
      "&amp;",
      "%2e%2e%2f",
      "%00",
    ],
  ),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.string({ maxLength: 20 }),
);

export const hostileNumber: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(
    ...[
      0,
      -0,
      -1,
      1,
      0.5,
      1.5,
      49,
      50,
      51,
      65_534,
      65_535,
      2 ** 31,
      2 ** 32,
      2 ** 53,
      1e9,
      1e10,
      1.1e10,
      1e15,
    ],
    ...[999_999, 1_000_000, 1_000_001, 8.64e15, 1e21, 1e300, 1e308, -1e308, 5e-324, 1e-300],
    ...[Number.MAX_VALUE, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN],
  ),
  fc.double(),
  fc.integer(),
);

const deep = fc
  .tuple(fc.constantFrom(10, 1000, 50_000), fc.boolean())
  .map(([depth, lists]) => new Deep(depth, lists));

/** A value that is nested this deep: written as JSON text, because JSON.stringify cannot. */
class Deep {
  readonly #depth: number;
  readonly #lists: boolean;
  constructor(depth: number, lists: boolean) {
    this.#depth = depth;
    this.#lists = lists;
  }
  get json(): string {
    const [open, close] = this.#lists ? ["[", "]"] : ['{"a":', "}"];
    return `${open.repeat(this.#depth)}1${close.repeat(this.#depth)}`.replace("[1]", "[]");
  }
}

const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  { weight: 4, arbitrary: hostileNumber },
  {
    weight: 3,
    arbitrary: fc.constantFrom(null, true, false, [], {}, [null], [[]], { length: 1 }, ["x"], [1]),
  },
  { weight: 1, arbitrary: deep },
  { weight: 1, arbitrary: fc.array(hostileNumber, { maxLength: 60 }) },
  { weight: 1, arbitrary: fc.dictionary(hostileText, fc.oneof(hostileNumber, hostileText), { maxKeys: 4 }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

/** One thing done to one place of a value that is as it should be. */
interface Change {
  /** `vary`: by a value of the same type. */
  readonly kind: "vary" | "replace" | "insert" | "duplicate" | "delete";
  readonly at: number;
  readonly key: string;
  readonly by: unknown;
  readonly number: number;
}

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom("vary", "vary", "vary", "replace", "replace", "insert", "duplicate", "delete"),
  ...{ at: fc.nat(), key: hostileText, by: hostileValue, number: hostileNumber },
});

/** JSON texts near to the valid values: one to three places changed, some cut short or with bytes between. */
export function nearly(valid: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const changed = fc
    .tuple(valid, fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([value, changes]) => changes.reduce(apply, toTree(value)))
    .map(write);
  const broken = fc
    .tuple(changed, fc.nat(), fc.constantFrom("", "\0", "}", ",", '"', "\ud800", "﻿"))
    .map(([text, at, by]) => text.slice(0, at % (text.length + 1)) + by);
  return fc.oneof(
    { weight: 8, arbitrary: changed },
    { weight: 1, arbitrary: broken },
    { weight: 1, arbitrary: hostileText },
  );
}

/** JSON whose objects may have a name twice, or `__proto__`, which no object of ours can. */
type Tree = { readonly list: Tree[] } | { readonly pairs: [string, Tree][] } | { readonly leaf: unknown };

function toTree(value: unknown): Tree {
  if (Array.isArray(value)) return { list: value.map(toTree) };
  if (value !== null && typeof value === "object" && !(value instanceof Deep))
    return { pairs: Object.entries(value).map(([key, each]) => [key, toTree(each)]) };
  return { leaf: value };
}

/** NaN is no JSON; and 1e999 is what becomes Infinity. */
function write(tree: Tree): string {
  if ("list" in tree) return `[${tree.list.map(write).join(",")}]`;
  if ("pairs" in tree)
    return `{${tree.pairs.map(([key, each]) => `${JSON.stringify(key)}:${write(each)}`).join(",")}}`;
  const { leaf } = tree;
  if (leaf instanceof Deep) return leaf.json;
  if (leaf === Number.POSITIVE_INFINITY) return "1e999";
  if (leaf === Number.NEGATIVE_INFINITY) return "-1e999";
  if (Object.is(leaf, -0)) return "-0";
  return JSON.stringify(leaf) ?? "null";
}

function apply(tree: Tree, change: Change): Tree {
  let left = change.at % countPlaces(tree);
  const visit = (node: Tree): Tree => {
    if (left-- === 0) return changed(node, change);
    if ("list" in node) return { list: node.list.map(visit) };
    if ("pairs" in node) return { pairs: node.pairs.map(([key, each]) => [key, visit(each)]) };
    return node;
  };
  return visit(tree);
}

function changed(node: Tree, { kind, at, key, by, number }: Change): Tree {
  const other = toTree(by);
  if (kind === "vary" && "leaf" in node) {
    if (typeof node.leaf === "number") return { leaf: number };
    return { leaf: typeof node.leaf === "string" ? key : node.leaf === true };
  }
  if (kind === "replace" || "leaf" in node) return other;
  const without = <Each>(all: readonly Each[]) => all.filter((_, k) => k !== at % all.length);
  if ("list" in node) {
    if (kind === "delete") return { list: without(node.list) };
    return { list: [...node.list, ...(kind === "insert" ? [other] : node.list)] };
  }
  if (kind === "delete") return { pairs: without(node.pairs) };
  const name = kind === "insert" ? key : node.pairs[at % Math.max(node.pairs.length, 1)]?.[0];
  return { pairs: [...node.pairs, [name ?? key, other]] };
}

function countPlaces(tree: Tree): number {
  if ("list" in tree) return tree.list.reduce((sum, each) => sum + countPlaces(each), 1);
  if ("pairs" in tree) return tree.pairs.reduce((sum, [, each]) => sum + countPlaces(each), 1);
  return 1;
}
