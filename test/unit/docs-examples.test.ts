import { type Command, CommanderError } from "commander";
import { expect, test } from "vitest";
import { program } from "../../cli/program.ts";
import { optionName } from "../../cli/request/input-option.ts";
import { addInputOptions, takesInputs } from "../../cli/request/job-options.ts";
import { builtIns } from "../../client/kernels/loader.ts";
import { isKernelFile } from "../../client/kernels/meant-kernel.ts";
import { blocksOf, docBlocks, manyhandsCalls } from "../helpers/doc-blocks.ts";

const blocks = docBlocks();
const inLanguage = (...names: string[]) => blocks.filter(({ language }) => names.includes(language));

// The commands as the program has them, without what they do: an example is parsed, and not run.
for (const command of program.commands) {
  command
    .action(() => {})
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: () => {} });
  if (takesInputs(command)) addInputOptions(command, [...builtIns.values()]);
}
const inputsOfAll = new Set(
  [...builtIns.values()].flatMap(({ declaration }) => Object.keys(declaration.inputs).map(optionName)),
);

/** What commander refuses about a call; undefined for one that would run. */
async function refusal(args: readonly string[]): Promise<string | undefined> {
  const command = program.commands.find((each) => [each.name(), ...each.aliases()].includes(args[0] ?? ""));
  if (!command)
    return args.length === 0 || /^-/.test(args[0]!) || args[0] === "<command>"
      ? undefined
      : `no command ${args[0]}`;
  const file =
    takesInputs(command) && args.slice(1).find((word) => !word.startsWith("-") && isKernelFile(word));
  // A reader's own file has options that are known once it is there.
  const known = file ? withoutForeign(args, command) : args;
  try {
    await program.parseAsync(known, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.code === "commander.helpDisplayed" ? undefined : error.message;
  }
  const kernel = file ? undefined : builtIns.get(args[1] ?? "");
  const foreign = kernel && args.find((word) => isForeign(word, kernel.declaration.inputs));
  return foreign && `${args[1]} has no input ${foreign}`;
}

const withoutForeign = (args: readonly string[], command: Command): string[] => {
  const isOwn = (word: string) => command.options.some(({ long }) => long === word.split("=")[0]);
  const isInput = (word = "") => /^--[a-z]/.test(word) && word !== "--help" && !isOwn(word);
  return args.filter((word, k) => !isInput(word) && !isInput(args[k - 1]));
};

const isForeign = (word: string, inputs: object): boolean => {
  const [option = ""] = word.split("=");
  return inputsOfAll.has(option) && !Object.keys(inputs).map(optionName).includes(option);
};

test("blocks and calls are found in every form", () => {
  const page = "```sh\na\n```\n\n- x\n\n  ````json\n  {}\n  ````\n\n```\nplain\n```\n";
  expect(blocksOf(page)).toEqual([
    { language: "sh", text: "a\n" },
    { language: "json", text: "{}\n" },
  ]);
  const script = `npx manyhands run julia --points 4x4   # comment
npm ci && npm start -- --size 8 > log
npm start
A=b manyhands table j1 --out "a b.csv" | head
echo '[1]' | manyhands map ./t.ts - \\
  --concurrency 8
eval "$(manyhands completion bash)"
npx manyhands-other run`;
  expect(manyhandsCalls(script)).toEqual([
    ["run", "julia", "--points", "4x4"],
    ["run", "--size", "8"],
    ["run"],
    ["table", "j1", "--out", "a b.csv"],
    ["map", "./t.ts", "-", "--concurrency", "8"],
    ["completion", "bash"],
  ]);
});

test("a call with a command, an option or an input that is not there is refused", async () => {
  expect(await refusal(["run", "julia", "--c-re", "1"])).toBeUndefined();
  expect(await refusal(["run", "./mine.ts", "--depth", "5", "--points", "4"])).toBeUndefined();
  expect(await refusal(["walk"])).toBe("no command walk");
  expect(await refusal(["run", "--pints", "4"])).toContain("unknown option '--pints'");
  expect(await refusal(["run", "mandelbrot", "--duration", "4"])).toBe("mandelbrot has no input --duration");
  expect(await refusal(["status"])).toContain("missing required argument 'job'");
});

/** Each call in blocks of these languages that is refused, by its page. */
async function refusedIn(...languages: string[]): Promise<string[]> {
  const calls = inLanguage(...languages).flatMap(({ page, text }) =>
    manyhandsCalls(text).map((args) => ({ page, args })),
  );
  expect(calls.length).toBeGreaterThan(60);
  const refused: string[] = [];
  for (const { page, args } of calls) {
    const reason = await refusal(args);
    if (reason !== undefined) refused.push(`${page}: manyhands ${args.join(" ")}: ${reason}`);
  }
  return refused;
}

test("every call of manyhands in the documentation is one that the program takes", async () => {
  expect(await refusedIn("sh", "bash", "console")).toEqual([]);
});

test("a call in prose has options that are there; it may leave out what the prose says", async () => {
  const refused = await refusedIn("inline");
  expect(refused.filter((each) => !/missing required argument|too many arguments/.test(each))).toEqual([]);
});

test("every block of JSON is JSON", () => {
  const json = inLanguage("json");
  expect(json.length).toBeGreaterThan(3);
  const lines = inLanguage("jsonl").flatMap(({ text, ...block }) =>
    text
      .trim()
      .split("\n")
      .map((line) => ({ ...block, text: line })),
  );
  const wrong = [...json, ...lines].flatMap(({ page, text }) => {
    try {
      JSON.parse(text);
      return [];
    } catch (error) {
      return [`${page}: ${(error as Error).message}: ${text}`];
    }
  });
  expect(wrong).toEqual([]);
});
