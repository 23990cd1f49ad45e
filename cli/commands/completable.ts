/** What can stand where on the command line, as far as a shell can complete it: from the program, so that no option is forgotten. */
import type { Argument, Command, Option } from "commander";
import { CHECKS } from "../../client/conform/checks.ts";
import { ENGINES } from "../../client/engines/engines.ts";
import { builtIns } from "../../client/kernels/loader.ts";
import { DEFAULT_KERNEL, KERNEL_ENDINGS } from "../../client/kernels/meant-kernel.ts";
import { CODECS } from "../../shared/array/spec.ts";
import type { Input } from "../../shared/kernels/declaration.ts";
import { DTYPES } from "../../shared/kernels/dtype.ts";
import { COLORMAPS, RAMPS, SCALES } from "../../shared/messages/job-request.ts";
import { BUILT_IN_PRICES } from "../../shared/plan/prices.ts";
import { ARCHITECTURES } from "../../shared/record/cost.ts";
import { UPLOAD_POLICIES } from "../../shared/validation/env.ts";
import { optionHelp, optionName } from "../request/input-option.ts";
import { takesInputs } from "../request/job-options.ts";
import { FORMATS } from "./look.ts";
import { SHELLS } from "./shells.ts";

/** Some words, the names of files, folders or jobs, or what cannot be completed, such as a number. */
export type Completed = readonly string[] | "file" | "folder" | "job" | "kernel" | "any";

export interface CompletableOption {
  readonly long: string;
  readonly short?: string;
  readonly about: string;
  /** Absent for an option without a value. */
  readonly value?: Completed;
  /** The value may be left out. */
  readonly isOptional?: boolean;
}

export interface CompletableCommand {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly about: string;
  readonly options: readonly CompletableOption[];
  /** In their order; the last one may come again where `repeats`. */
  readonly operands: readonly Completed[];
  readonly repeats: boolean;
  readonly takesInputs: boolean;
}

export interface Completable {
  readonly commands: readonly CompletableCommand[];
  /** The options of each kernel's inputs, by its name. */
  readonly kernels: ReadonlyMap<string, readonly CompletableOption[]>;
  /** Whose inputs are meant where no kernel is named. */
  readonly defaultKernel: string;
  /** How the names of kernels' files end. */
  readonly endings: readonly string[];
}

const regions = BUILT_IN_PRICES.map(({ region }) => region);
const engines = [...ENGINES.values()];
const namesOf = (named: readonly { readonly name: string }[]) => named.map(({ name }) => name);
/** The values of options whose placeholder says nothing of them; of one command's, with its name in front. */
const OPTIONS: Readonly<Record<string, Completed>> = {
  "--architecture": ARCHITECTURES,
  "--codec": CODECS,
  "--colormap": COLORMAPS,
  "--dtype": ["auto", ...DTYPES],
  "--engine": namesOf(engines),
  "scale --engine": namesOf(
    engines.filter((engine) => !engine.isRemote || engine.mostOwnWorkers !== undefined),
  ),
  "--format": FORMATS,
  "--kernel-uploads": UPLOAD_POLICIES,
  "--name": "any",
  "--only": namesOf(CHECKS),
  "--ramp": RAMPS,
  "--region": regions,
  "--scale": SCALES,
  "--stack": "any",
};
/** What placeholders stand for, those of arguments too. */
const PLACEHOLDERS: Readonly<Record<string, Completed>> = {
  command: "file",
  file: "file",
  files: "file",
  folder: "folder",
  items: "file",
  job: "job",
  kernel: "kernel",
  other: "job",
  path: "file",
  shell: SHELLS,
  task: "file",
};
/** Placeholders that need an entry in OPTIONS: a word is meant, and they do not say which. */
const NAMES = new Set(["name", "names", "policy", "checks"]);

export function completable(program: Command): Completable {
  return {
    commands: program.commands.map(commandOf),
    kernels: new Map(
      [...builtIns].map(([name, { declaration }]) => [
        name,
        Object.entries(declaration.inputs).map(([input, each]) => inputOption(input, each)),
      ]),
    ),
    defaultKernel: DEFAULT_KERNEL,
    endings: KERNEL_ENDINGS,
  };
}

function commandOf(command: Command): CompletableCommand {
  const { registeredArguments: operands } = command;
  return {
    name: command.name(),
    aliases: command.aliases(),
    about: command.description(),
    options: [
      ...command.options.filter(({ hidden }) => !hidden).map((option) => optionOf(option, command.name())),
      { long: "--help", short: "-h", about: "display help for command" },
    ],
    operands: operands.map((operand: Argument) => PLACEHOLDERS[operand.name()] ?? "any"),
    repeats: operands.at(-1)?.variadic ?? false,
    takesInputs: takesInputs(command),
  };
}

function optionOf(
  { long, short, description, flags, required, optional }: Option,
  command: string,
): CompletableOption {
  const name = long!;
  const [, placeholder = ""] = /[<[]([^\]>]+)/.exec(flags) ?? [];
  return {
    ...{ long: name, about: description },
    ...(short && { short }),
    ...((required || optional) && { value: completedBy(name, placeholder, command), isOptional: optional }),
  };
}

/** Throws TypeError for an option that takes some name, and of which nothing is said here. */
function completedBy(option: string, placeholder: string, command: string): Completed {
  const named = OPTIONS[`${command} ${option}`] ?? OPTIONS[option];
  const value = NAMES.has(placeholder) ? named : PLACEHOLDERS[placeholder];
  if (value === undefined && NAMES.has(placeholder))
    throw new TypeError(`Expected ${option} <${placeholder}> in completable.ts, found nothing of it.`);
  return value ?? "any";
}

function inputOption(name: string, input: Input): CompletableOption {
  const value = input.kind === "choice" ? input.choices : input.kind === "flag" ? ["true", "false"] : "any";
  return { long: optionName(name), about: optionHelp(input), value, isOptional: input.kind === "flag" };
}
