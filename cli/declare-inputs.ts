import type { Command } from "commander";
import { builtIns } from "../client/kernels/loader.ts";
import { isKernelFile, kernelMeant } from "../client/kernels/meant-kernel.ts";
import { addInputOptions, takesInputs } from "./request/job-options.ts";

/** A kernel's inputs are options: those of a file are known once it is built. With --help, the help is about the kernel that is named. */
export async function declareInputs(program: Command, [name, ...rest]: readonly string[]): Promise<void> {
  const command = program.commands.find((each) => each.name() === name && takesInputs(each));
  if (!command) return;
  const words = rest.filter((each, k) => !each.startsWith("-") && !isOptionValue(command, rest[k - 1]));
  const file = words.find(isKernelFile);
  // The first word after the command is a kernel: one that is none is refused before options that only it would have.
  const named = file ?? (rest[0]?.startsWith("-") ? undefined : rest[0]);
  const explained = isHelp(rest) ? (named ?? words.find((each) => builtIns.has(each))) : undefined;
  if (explained !== undefined) {
    const { kernel } = await kernelMeant(explained);
    addInputOptions(command, [kernel]);
    const { describeKernel } = await import("./request/kernel-help.ts");
    describeKernel(command, explained, kernel);
    return;
  }
  const meant = named === undefined || builtIns.has(named) ? undefined : await kernelMeant(named);
  addInputOptions(command, meant ? [meant.kernel] : [...builtIns.values()]);
}

function isHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end < 0 ? undefined : end).some((each) => each === "--help" || each === "-h");
}

/** Whether the word after this one is the value of an option: of the last one in `-qo`. */
function isOptionValue(command: Command, before: string | undefined): boolean {
  if (before === undefined || !before.startsWith("-") || before.includes("=")) return false;
  const option = before.startsWith("--") ? before : `-${before.at(-1)}`;
  return command.options.some(
    ({ short, long, required }) => required && (short === option || long === option),
  );
}
