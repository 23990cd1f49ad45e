import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kernel } from "../../../shared/kernels/authoring.ts";
import { type Declaration, type InputValue, isSweptByDefault } from "../../../shared/kernels/declaration.ts";
import { computeOf } from "../../../shared/kernels/driver.ts";
import { ARRAYS, type ChunkArray } from "../../../shared/kernels/dtype.ts";
import type { ChunkWindow } from "../../../shared/kernels/loaded.ts";
import { randomOf } from "../../../shared/kernels/maths/random.ts";
import { testKernel } from "../../helpers/kernels.ts";
import { indices, place, plus } from "../../helpers/naive-arrays.ts";
import { windowOver } from "../../helpers/windows.ts";

type Inputs = Readonly<Record<string, InputValue>>;
type Random = () => number;

/** Also those of the generated text without their `$`, and words of JavaScript. */
const NAMES = [
  ...["point", "axes", "fixed", "out", "random", "at", "wrong", "fill", "tools"],
  ...["k", "r", "v0", "o0", "e0", "p0", "i0", "n0", "a0", "x0", "fk"],
  ...["new", "this", "class", "return", "let", "yield", "eval", "arguments", "undefined", "try", "async"],
];
const VALUES = ["r", "k", "value", "class", "out", "length", "name"];

/** Differs where any input does, and where one takes another's place. */
function mixed(inputs: Inputs, value: number, random: Random | undefined): number {
  let sum = value;
  for (const [k, name] of Object.keys(inputs).sort().entries()) {
    const given = inputs[name]!;
    sum = sum * 1.25 + (k + 1) * (typeof given === "string" ? given.length : Number(given));
  }
  // Some cells take more numbers than others: each has a sequence of its own.
  const draws = random ? Math.abs(Math.floor(sum)) % 3 : 0;
  for (let k = 0; k < draws; k++) sum += random!();
  return sum;
}

interface Case {
  readonly declaration: Declaration;
  readonly window: ChunkWindow;
}

const number = { kind: "number", about: "", unit: "" } as const;
const coordinate = fc.integer({ min: -9, max: 9 }).map((whole) => whole / 4);
const lengths = fc.integer({ min: 1, max: 3 });
const anInput = fc.record({
  input: fc.constantFrom(
    { ...number, from: 0, to: 1, default: 0.5 },
    { ...number, from: 0, to: 1, default: 0.5 },
    { ...number, default: 2 },
    { kind: "choice" as const, about: "", choices: ["a", "bc", "def"], default: "a" },
    { kind: "flag" as const, about: "", default: true },
  ),
  isSwept: fc.boolean(),
  from: fc.nat(3),
  beyond: fc.nat(2),
  points: fc.array(coordinate, { minLength: 1, maxLength: 3 }),
  length: lengths,
});

const cases = fc
  .record({
    names: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 6 }),
    inputs: fc.array(anInput, { minLength: 6, maxLength: 6 }),
    values: fc.uniqueArray(fc.constantFrom(...VALUES), { minLength: 1, maxLength: 3 }),
    seed: fc.nat(1000),
  })
  .map(({ names, inputs, values, seed }): Case => {
    const all = names.map((name, k) => ({ name, ...inputs[k]! }));
    const some = all.filter(({ isSwept }) => isSwept);
    const swept = some.length > 0 ? some : all.slice(0, 1);
    const axes = swept.map(({ name, input, points, length }) => ({
      input: name,
      values:
        input.kind === "number"
          ? Float64Array.from(points)
          : input.kind === "flag"
            ? [true, false].slice(0, length)
            : input.choices.slice(0, length),
    }));
    const fixed = all.filter((each) => !swept.includes(each));
    const from = swept.map((each) => each.from);
    const shape = swept.map((each, k) => each.from + axes[k]!.values.length + each.beyond);
    return {
      declaration: {
        about: "",
        form: "point",
        inputs: Object.fromEntries(all.map(({ name, input }) => [name, input])) as Declaration["inputs"],
        values: values.map((name) => ({ name, about: "", unit: "", dtype: ["float64"] })),
      },
      window: {
        ...{ axes, from, shape, seed },
        parameters: Object.fromEntries(fixed.map(({ name, input }) => [name, input.default])),
      },
    };
  });

/** Each cell's values by nested loops. */
function naive({ declaration, window }: Case, usesRandom: boolean): number[][] {
  const { axes, parameters, from, shape, seed } = window;
  const cells = indices(axes.map(({ values }) => values.length));
  return declaration.values.map((_, value) =>
    cells.map((index) => {
      const swept = Object.fromEntries(axes.map(({ input, values }, k) => [input, values[index[k]!]!]));
      const random = randomOf(seed, place(shape, plus(index, from)));
      let sum = 0;
      // The values of a cell share its sequence.
      for (let k = 0; k <= value; k++)
        sum = mixed({ ...parameters, ...swept }, k, usesRandom ? random : undefined);
      return sum;
    }),
  );
}

const computed = (code: object, { declaration, window }: Case): number[][] => {
  const cells = window.axes.reduce((product, { values }) => product * values.length, 1);
  const out = declaration.values.map(() => new Float64Array(cells).fill(-1));
  computeOf(code, declaration)(window, out);
  return out.map((array) => [...array]);
};

/** As an author writes it: a number, or an object of numbers. */
function resultOf({ values }: Declaration, isNamed: boolean, inputs: Inputs, random?: Random) {
  const all = values.map(({ name }, k) => [name, mixed(inputs, k, random)] as const);
  return isNamed ? Object.fromEntries(all) : all[0]![1];
}

const isNamedToo = fc.boolean();

test("`point` is called for each cell with its inputs, whatever they are called and whichever are swept", () => {
  fc.assert(
    fc.property(cases, isNamedToo, fc.boolean(), (each, isNamedAlone, usesRandom) => {
      const { declaration } = each;
      const isNamed = declaration.values.length > 1 || isNamedAlone;
      const result = (inputs: Inputs, random?: Random) => resultOf(declaration, isNamed, inputs, random);
      const point = usesRandom
        ? (inputs: Inputs, tools: { random: Random }) => result(inputs, tools.random)
        : (inputs: Inputs) => result(inputs);
      expect(computed({ point, ...(isNamed && { values: {} }) }, each)).toEqual(naive(each, usesRandom));
    }),
    { numRuns: 150 },
  );
});

test("`fill` is called with the coordinates of what it sweeps by default, once for each point of the others", () => {
  fc.assert(
    fc.property(cases, isNamedToo, fc.boolean(), (each, isNamedAlone, usesRandom) => {
      const { declaration } = each;
      const isNamed = declaration.values.length > 1 || isNamedAlone;
      const own = Object.keys(declaration.inputs).filter((name) =>
        isSweptByDefault(declaration.inputs[name]!),
      );
      const fill = (
        window: Readonly<Record<string, Float64Array | InputValue>>,
        out: ChunkArray | Readonly<Record<string, ChunkArray>>,
        { randomAt }: { readonly randomAt: (cell: number) => Random },
      ) => {
        expect(Object.keys(window).sort()).toEqual(Object.keys(declaration.inputs).sort());
        const along = own.map((name) => window[name] as Float64Array);
        for (const [cell, index] of indices(along.map(({ length }) => length)).entries()) {
          const chosen = Object.fromEntries(own.map((name, k) => [name, along[k]![index[k]!]!]));
          const inputs = { ...(window as Inputs), ...chosen };
          const random = usesRandom ? randomAt(cell) : undefined;
          for (const [k, { name }] of declaration.values.entries())
            (isNamed ? (out as Readonly<Record<string, ChunkArray>>)[name]! : (out as ChunkArray))[cell] =
              mixed(inputs, k, random);
        }
      };
      expect(computed({ fill, ...(isNamed && { values: {} }) }, each)).toEqual(naive(each, usesRandom));
    }),
    { numRuns: 150 },
  );
});

describe("a cell that cannot be computed", () => {
  const inputs = { y: { from: 0, to: 3 }, x: { from: 0, to: 2 } } as const;
  const window = windowOver({ y: Float64Array.of(0, 1, 2), x: Float64Array.of(0, 0.5) });
  const [rest, bad] = [1, 2];
  const isBad = (y: number, x: number) => y === bad && x === 0.5;

  test("is named by its coordinates", () => {
    const { compute } = testKernel(
      kernel({
        name: "throws",
        inputs,
        value: { name: "v" },
        point: ({ y, x }) => {
          if (isBad(y, x)) throw new RangeError("no");
          return rest;
        },
      }),
    );
    expect(() => compute(window, [new Float64Array(6)])).toThrow(/^at y = 2, x = 0\.5: no$/);
  });

  test("is NaN, or the fill value among counts, where the kernel says so; the others are computed", () => {
    const { compute } = testKernel(
      kernel({
        name: "gaps",
        inputs,
        values: { height: {}, count: { dtype: "uint16" } },
        onError: "nan",
        point: ({ y, x }) => {
          if (isBad(y, x)) throw new RangeError("no");
          return { height: rest, count: rest };
        },
      }),
    );
    const [height, count] = [new Float64Array(6), new Uint16Array(6)];
    compute(window, [height, count]);
    expect([...height]).toEqual([1, 1, 1, 1, 1, Number.NaN]);
    expect([...count]).toEqual([1, 1, 1, 1, 1, 65_535]);
  });

  test.each([
    ["text", "1", "float64", /at y = 0, x = 0: Expected v to be a number, got 1\.$/],
    ["nothing", undefined, "float64", /got undefined\.$/],
    ["a negative count", -1, "uint16", /Expected v to be a whole number .*, got -1\.$/],
    ["a fraction among counts", 0.5, "uint32", /got 0\.5\.$/],
    ["a count too large", 65_536, "uint16", /got 65536\.$/],
    ["NaN among counts", Number.NaN, "uint16", /got NaN\.$/],
  ] as const)("has %s for a number, and fails with a sentence", (_, result, dtype, sentence) => {
    const source = kernel({
      name: "odd",
      inputs,
      value: { name: "v", dtype },
      point: () => result as number,
    });
    const out = new ARRAYS[dtype](6);
    expect(() => testKernel(source).compute(window, [out])).toThrow(sentence);
  });

  test("asks for random numbers without taking its tools, and is told", () => {
    const point = (...given: [object, { random: Random }]) => given[1].random();
    const source = { ...kernel({ name: "sly", inputs, value: { name: "v" }, point: () => 0 }), point };
    expect(() => testKernel(source).compute(window, [new Float64Array(6)])).toThrow(
      /Expected `point` to take its tools as a second parameter/,
    );
  });
});
