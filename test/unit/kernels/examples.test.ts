import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadArtifact } from "../../../shared/kernels/artifact.ts";
import type { InputValue } from "../../../shared/kernels/declaration.ts";
import { computeOf, type KernelCode } from "../../../shared/kernels/driver.ts";
import { buildKernel } from "../../../tools/kernels/build-kernel.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

const EXAMPLES = join(import.meta.dirname, "../../../examples/kernels");

type Inputs = Readonly<Record<string, InputValue>>;

/** An example, built as for a user, and what it gives for one cell: the first of an array of one. */
async function example(name: string) {
  const { artifact, declaration } = await buildKernel(join(EXAMPLES, `${name}.ts`), {
    folder: temporaryFolder(),
  });
  const compute = computeOf(loadArtifact(artifact) as KernelCode, declaration);
  const defaults = Object.entries(declaration.inputs).flatMap(([input, { default: value }]) =>
    value === undefined ? [] : [[input, value] as const],
  );
  const first = Object.keys(declaration.inputs)[0]!;
  return (inputs: Inputs, seed = 0): Record<string, number> => {
    const { [first]: swept, ...parameters } = { ...Object.fromEntries(defaults), ...inputs };
    const out = declaration.values.map(() => new Float64Array(1));
    const axes = [{ input: first, values: new Float64Array([swept as number]) }];
    compute({ parameters, axes, from: [0], shape: [1], seed }, out);
    return Object.fromEntries(declaration.values.map((value, k) => [value.name, out[k]![0]!]));
  };
}

interface Cell {
  readonly inputs: Inputs;
  readonly values: Readonly<Record<string, number>>;
}
const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../fixtures/examples.json"), "utf8"),
) as Readonly<Record<string, readonly Cell[]>>;

describe("an example computes what its twin in Python does", () => {
  test.each(["black-scholes", "epidemic", "gray-scott"])("%s", async (name) => {
    const at = await example(name);
    for (const { inputs, values } of golden[name]!)
      for (const [value, expected] of Object.entries(values))
        expect(at(inputs)[value], JSON.stringify(inputs)).toBeCloseTo(expected, 12);
  });
});

test("asian-option comes within its errors of Black and Scholes where the average is of one price", async () => {
  const [at, exact] = [await example("asian-option"), await example("black-scholes")];
  const inputs = { spot: 100, volatility: 0.2, maturity: 1 };
  const { price } = exact(inputs);
  const many = at({ ...inputs, fixings: 1, paths: 40_000 }, 7);
  expect(many.error).toBeCloseTo(at({ ...inputs, fixings: 1, paths: 10_000 }, 8).error! / 2, 2);
  expect(Math.abs(many.mean! - price!)).toBeLessThan(4 * many.error!);
  expect(at(inputs, 1)).not.toEqual(at(inputs, 2));
});

test("the days of epidemic may come in any order", async () => {
  const { artifact, declaration } = await buildKernel(join(EXAMPLES, "epidemic.ts"), {
    folder: temporaryFolder(),
  });
  const compute = computeOf(loadArtifact(artifact) as KernelCode, declaration);
  const at = (days: readonly number[]) => {
    const axes = [
      { input: "contacts", values: new Float64Array([0.3, 0.9]) },
      { input: "day", values: new Float64Array(days) },
    ];
    const out = [new Float64Array(6), new Float64Array(6)];
    compute({ parameters: { illness: 7, first: 0.01 }, axes, from: [0, 0], shape: [2, 3], seed: 0 }, out);
    return out.map((cells) => [...cells]);
  };
  const turned = at([90, 30, 0]);
  expect(at([0, 30, 90])).toEqual(turned.map(([a, b, c, d, e, f]) => [c, b, a, f, e, d]));
});
