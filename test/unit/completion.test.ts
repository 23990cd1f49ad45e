import { Command } from "commander";
import { expect, test } from "vitest";
import { completable } from "../../cli/commands/completable.ts";
import { bashScript } from "../../cli/commands/completion-bash.ts";
import { fishScript } from "../../cli/commands/completion-fish.ts";
import { zshScript } from "../../cli/commands/completion-zsh.ts";
import { program } from "../../cli/program.ts";
import { ENGINES } from "../../client/engines/engines.ts";
import { builtIns } from "../../client/kernels/loader.ts";
import { COLORMAPS } from "../../shared/messages/job-request.ts";

const found = completable(program);
const optionOf = (command: string, long: string) =>
  found.commands.find(({ name }) => name === command)?.options.find((option) => option.long === long);

test("every command is there with all options that its help shows", () => {
  expect(found.commands.map(({ name }) => name)).toEqual(program.commands.map((each) => each.name()));
  for (const { name, options } of found.commands) {
    const command = program.commands.find((each) => each.name() === name)!;
    const shown = command.options.filter(({ hidden }) => !hidden).map(({ long }) => long);
    expect(options.map(({ long }) => long)).toEqual([...shown, "--help"]);
  }
});

test("an option's words are those that the program takes", () => {
  expect(optionOf("run", "--engine")?.value).toEqual([...ENGINES.keys()]);
  expect(optionOf("scale", "--engine")?.value).toEqual(["serial", "threads", "local", "redis"]);
  expect(optionOf("plot", "--colormap")?.value).toEqual(COLORMAPS);
  expect(optionOf("run", "--out")?.value).toBe("folder");
  expect(optionOf("table", "--out")?.value).toBe("file");
  expect(optionOf("run", "--size")?.value).toBe("any");
  expect(optionOf("run", "--npy")).not.toHaveProperty("value");
});

test("operands are kernels, jobs and files in their places", () => {
  const operandsOf = (command: string) => found.commands.find(({ name }) => name === command)?.operands;
  expect(operandsOf("run")).toEqual(["kernel"]);
  expect(operandsOf("diff")).toEqual(["job", "job"]);
  expect(operandsOf("map")).toEqual(["file", "file"]);
  expect(operandsOf("completion")).toEqual([["bash", "zsh", "fish"]]);
});

test("each kernel's inputs are options", () => {
  expect([...found.kernels.keys()]).toEqual([...builtIns.keys()]);
  expect(found.kernels.get("julia")?.map(({ long }) => long)).toEqual([
    ...["--y", "--x", "--max-iterations", "--c-re", "--c-im"],
  ]);
});

test("an option that takes some name, and of which nothing is said, is refused", () => {
  const other = new Command("other");
  other.command("run").option("--flavour <name>", "which one");
  expect(() => completable(other)).toThrow(
    "Expected --flavour <name> in completable.ts, found nothing of it.",
  );
});

test.each([
  ["bash", bashScript],
  ["zsh", zshScript],
  ["fish", fishScript],
])("the script for %s has every command, option, kernel and input", (_, script) => {
  const text = script(found);
  const options = found.commands.flatMap((command) => command.options);
  const inputs = [...found.kernels.values()].flat();
  for (const { long } of [...options, ...inputs])
    expect(text).toMatch(new RegExp(`(--|-l )${long.slice(2)}\\b`));
  for (const word of [...found.commands.map(({ name }) => name), ...found.kernels.keys(), ...COLORMAPS])
    expect(text).toContain(word);
});
