import { Command } from "commander";
import { expect, test } from "vitest";
import { declareInputs } from "../../cli/declare-inputs.ts";
import { addJobOptions } from "../../cli/request/job-options.ts";
import { kernelExamples } from "../../cli/request/kernel-help.ts";
import { requestOf } from "../../cli/request/request.ts";
import { builtIns } from "../../client/kernels/loader.ts";
import type { Declaration, Input } from "../../shared/kernels/declaration.ts";
import { folderWith } from "../helpers/kernel-file.ts";

const declaration = (inputs: Record<string, Input>): Declaration => ({
  ...{ about: "", form: "point", inputs },
  values: [{ name: "v", about: "", unit: "", dtype: ["float64"] }],
});
const number = { kind: "number", about: "", unit: "" } as const;

/** The help of `run` with these arguments. */
async function helpOf(...args: string[]): Promise<string> {
  const program = new Command("manyhands");
  const run = addJobOptions(program.command("run").description("compute an array"));
  let help = "";
  run.configureOutput({ writeOut: (text) => (help += text) });
  await declareInputs(program, ["run", ...args]);
  run.outputHelp();
  return help;
}

test("a kernel's help has its value, its inputs before other options, and no other kernel's inputs", async () => {
  const help = await helpOf("julia", "--help");
  expect(help).toContain("Usage: manyhands run julia [options]");
  expect(help).toContain("value  escape time (iterations)");
  expect(help).toMatch(/--c-re <number> +real part of the constant c, from -2 to 2\s+\(-0\.8\)/);
  expect(help.indexOf("--max-iterations")).toBeLessThan(help.indexOf("Options:"));
  expect(help).not.toContain("--duration");
});

test.each([
  ["--help", "julia"],
  ["-h", "--size", "8", "julia"],
  ["julia", "-q", "-h"],
])("the help is the kernel's wherever it stands: %s %s", async (...args) => {
  expect(await helpOf(...args.filter(Boolean))).toContain("Examples with julia:");
});

test("without a kernel the help has the inputs of all, each with its kernels", async () => {
  const help = await helpOf("--help");
  expect(help).toContain("mandelbrot, julia: Im c");
  expect(help).not.toContain("Examples with");
});

test("a file's help is about the file", async () => {
  const folder = folderWith({
    "ball.ts": `import { kernel } from "manyhands/kernel";
export default kernel({
  about: "the height of a thrown ball",
  inputs: { time: { unit: "s", from: 0, to: 2 }, speed: { unit: "m/s", default: 10 } },
  value: { name: "height", unit: "m" },
  point: ({ time, speed }) => speed * time - 4.905 * time ** 2,
});
`,
  });
  const help = await helpOf(`${folder}/ball.ts`, "--help");
  expect(help).toContain("ball: the height of a thrown ball\n  value  height (m)");
  expect(help).toMatch(/--speed <m\/s> +\(10\)/);
  expect(help).toContain("ball.ts --points 1000");
  expect(help).toContain("ball.ts --speed 5,10,20");
});

test.each([...builtIns.keys()])("the examples of %s make requests", async (name) => {
  const examples = kernelExamples(builtIns.get(name)!.declaration);
  expect(examples).toHaveLength(3);
  for (const options of examples) {
    const at = options.indexOf("--points");
    const points = at < 0 ? {} : { points: options.splice(at, 2)[1]! };
    const inputs: Record<string, string> = {};
    for (let k = 0; k < options.length; k += 2)
      inputs[options[k]!.slice(2).replace(/-(\w)/g, (_, letter) => letter.toUpperCase())] = options[k + 1]!;
    expect((await requestOf(name, { ...points, inputs })).kernel).toBe(name);
  }
});

test("an example gives what must be given, and sweeps where nothing is swept", () => {
  const inputs: Record<string, Input> = {
    depth: { ...number, minimum: 3, integer: true },
    method: { kind: "choice", about: "", choices: ["euler", "rk4"], default: "rk4" },
  };
  expect(kernelExamples(declaration(inputs))).toEqual([["--depth", "3,6"]]);
  const flag = {
    isFast: { kind: "flag", about: "", default: false },
    x: { ...number, from: 0, to: 1 },
  } as const;
  expect(kernelExamples(declaration(flag))).toEqual([[], ["--points", "1000"], ["--is-fast", "true,false"]]);
});

test("whole numbers that are swept get no more points than there are", () => {
  const inputs = { n: { ...number, from: 0, to: 10, integer: true } } as const;
  expect(kernelExamples(declaration(inputs))).toEqual([[]]);
});
