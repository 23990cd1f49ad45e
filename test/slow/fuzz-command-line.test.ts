import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CommanderError } from "commander";
import fc from "fast-check";
import { expect, test } from "vitest";
import { program } from "../../cli/program.ts";
import { addInputOptions, withInputs } from "../../cli/request/job-options.ts";
import { jobOf, type NewJobOptions } from "../../cli/request/new-job.ts";
import { builtIns } from "../../client/kernels/loader.ts";
import { checkSpec } from "../../shared/plan/check-spec.ts";
import { inLanes } from "../../shared/ports/lanes.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { runCli } from "../helpers/cli.ts";
import { fuzz, hostileNumber, hostileText, nearly } from "../helpers/fuzz.ts";
import { unseenIn } from "../helpers/hostile-text.ts";
import { expectSentence } from "../helpers/sentences.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const run = program.commands.find((command) => command.name() === "run")!;
addInputOptions(run, [...builtIns.values()]);
const OPTIONS = run.options.map(({ long }) => long ?? "");

/** What an option may be given: what some option takes, a number, or anything. */
const values = fc.oneof(
  fc.constantFrom(
    "10",
    "100",
    "4x4",
    "20x30",
    "-1:1",
    "-1:1:30",
    "log:1:9",
    "1,2,5",
    "0.1",
    "auto",
    "zstd",
    "uint32",
    "jet",
    "log",
    "burst",
  ),
  hostileNumber.map(String),
  fc.tuple(hostileNumber, fc.constantFrom("x", ":", "X", "::"), hostileNumber).map((parts) => parts.join("")),
  hostileText,
);
const someOptions = fc.oneof(
  fc.tuple(fc.constantFrom(...OPTIONS), values).map(([name, value]) => [`${name}=${value}`]),
  fc.tuple(fc.constantFrom(...OPTIONS), values).map(([name, value]) => [name, value]),
  fc.constantFrom(...OPTIONS).map((name) => [name]),
  hostileText.map((text) => [text]),
);
const kernels = fc.option(fc.oneof(fc.constantFrom(...builtIns.keys()), hostileText), { freq: 3 });
const argumentLists = fc
  .tuple(kernels, fc.array(someOptions, { maxLength: 4 }))
  .map(([kernel, options]) => ["run", ...(kernel === null ? [] : [kernel]), ...options.flat()]);

type Said = { readonly exitCode: 0 | 2; readonly text: string };

/** What the arguments come to before anything is run: a job within all limits, or what is said instead. */
async function outcomeOf(args: readonly string[]): Promise<Said | undefined> {
  let text = "";
  const hear = (part: string) => {
    text += part;
  };
  for (const command of [program, run]) command.configureOutput({ writeErr: hear, writeOut: () => {} });
  let asked: [string | undefined, NewJobOptions] | undefined;
  run.action((kernel: string | undefined, options: object) => {
    asked = [kernel, withInputs(run, options) as NewJobOptions];
  });
  try {
    await program.parseAsync(args, { from: "user" });
    if (!asked) throw new Error("Expected the command to be run or refused, got neither");
    const { job, kernel } = await jobOf(...asked);
    checkSpec(job.spec, kernel);
    expect(job.jobId).toMatch(/^[a-z0-9-]{1,64}$/);
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError) return { exitCode: error.exitCode === 0 ? 0 : 2, text };
    expect(error, String(error)).toBeInstanceOf(InvalidInputError);
    expectSentence(error);
    return { exitCode: 2, text: (error as Error).message };
  }
}

function expectSayable({ text }: Said): void {
  expect(unseenIn(text)).toEqual([]);
  expect(text).not.toMatch(/\bat .+:\d+:\d+|TypeError|RangeError/);
}

test("arguments are refused with a sentence, or ask for a job within all limits", async () => {
  let accepted = 0;
  await fuzz(1500, argumentLists, async (args) => {
    const said = await outcomeOf(args);
    if (said) expectSayable(said);
    else accepted++;
  });
  expect(accepted).toBeGreaterThan(20);
});

test("a request file is refused with a sentence, or asks for a job within all limits", async () => {
  const file = join(temporaryFolder(), "request.json");
  const axis = { from: 0, to: 1, count: 9 };
  const requests = fc.constantFrom<unknown>(
    { kernel: "mandelbrot" },
    {
      kernel: "julia",
      requestId: "mine",
      parameters: { cRe: 0.5 },
      grid: { axes: [axis, axis] },
      chunk: [3, 3],
    },
    { kernel: "double-pendulum", grid: { axes: [axis] }, output: { npy: true, scale: "log" }, codec: "none" },
    {
      ...{
        kernel: "mandelbrot",
        inputs: { y: axis, x: [1, 2], maxIterations: { from: 9, to: 99, step: 9 } },
      },
      ...{ seed: 1, output: { at: { maxIterations: 18 } } },
    },
  );
  let accepted = 0;
  await fuzz(1500, nearly(requests), async (text) => {
    writeFileSync(file, text);
    const said = await outcomeOf(["run", "--request", file]);
    if (said) expectSayable(said);
    else accepted++;
  });
  expect(accepted).toBeGreaterThan(20);
});

test("a process that refuses its arguments says so on stderr, ends with 2 and leaves nothing behind", async () => {
  const refused: string[][] = [];
  await fuzz(60, argumentLists, async (args) => {
    const isPassable = args.every((each) => !each.includes("\0") && each.length < 100_000);
    if (isPassable && (await outcomeOf(args))?.exitCode === 2) refused.push(args);
  });
  const cwd = temporaryFolder();
  await inLanes(refused, 2, async (args) => {
    const { code, stdout, stderr } = await runCli(args, { cwd });
    expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: "" });
    expect(unseenIn(stderr)).toEqual([]);
    expect(stderr).toMatch(/^(Expected|error: )/);
    expect(stderr).not.toMatch(/\n\s+at |TypeError|RangeError/);
  });
  expect(refused.length).toBeGreaterThan(30);
  expect(readdirSync(cwd)).toEqual([]);
});
