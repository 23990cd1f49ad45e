/** What `run <kernel> --help` says of the kernel that is named: what it gives, its inputs above all other options, and examples. */
import { type Command, Help, type Option } from "commander";
import { type Declaration, type Input, isSweptByDefault } from "../../shared/kernels/declaration.ts";
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import { resolveInputs } from "../../shared/plan/resolve-inputs.ts";
import { quoted } from "../../shared/validation/command-line.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { inputOf, optionName } from "./input-option.ts";

/** Turns the command's help to this kernel, whose inputs it has as options already. A task has none. */
export function describeKernel(command: Command, named: string, { name, declaration }: LoadedKernel): void {
  const { form, about, values } = declaration;
  if (form === "task") return;
  const gives = values.map(
    ({ name: value, about: words, unit }) => `  value  ${words || value}${unit && ` (${unit})`}`,
  );
  const examples = kernelExamples(declaration).map(
    (options) => `  ${["manyhands", command.name(), quoted(named), ...options].join(" ")}`,
  );
  command
    .usage(`${quoted(named)} [options]`)
    .description([`${command.description()}`, "", `${name}${about && `: ${about}`}`, ...gives].join("\n"))
    .configureHelp({ groupItems: inputsFirst })
    .addHelpText("after", `\nExamples with ${name}:\n${examples.join("\n")}`);
}

/** Options of inputs have headings of their own. */
const inputsFirst: Help["groupItems"] = (all, visible, groupOf) => {
  const isInput = (item: (typeof all)[number]) => (item as Partial<Option>).helpGroupHeading !== undefined;
  const sorted = [...all.filter(isInput), ...all.filter((item) => !isInput(item))];
  return Help.prototype.groupItems(sorted, visible, groupOf);
};

/** The options of commands that can be run as they are: with what must be given, with a count for each axis, and with one more input swept. */
export function kernelExamples(declaration: Declaration): string[][] {
  const inputs = Object.entries(declaration.inputs);
  const fixed = inputs.filter(([, input]) => !isSweptByDefault(input));
  const given = fixed.flatMap(([name, input]) => (input.default === undefined ? [[name, some(input)]] : []));
  const axes = inputs.length - fixed.length;
  const several = fixed.find(([, input]) => severalOf(input).length > 1);
  const swept = several && [several[0], severalOf(several[1]).join(",")];
  const examples: Example[] = [
    { given },
    { given, points: axes === 1 ? [1000] : axes === 2 ? [400, 300] : Array(axes).fill(20) },
    ...(swept ? [{ given: [...given.filter(([name]) => name !== swept[0]), swept] }] : []),
  ];
  return examples.filter((example) => isTaken(example, declaration)).map(optionsOf);
}

interface Example {
  /** Inputs with their values, as a user types them. */
  readonly given: readonly (readonly string[])[];
  readonly points?: readonly number[];
}

const optionsOf = ({ given, points }: Example): string[] => [
  ...given.flatMap(([name = "", value = ""]) => [optionName(name), quoted(value)]),
  ...(points ? ["--points", points.join("x")] : []),
];

/** Whether a job can be made of it: nothing may be swept by default, and whole numbers may have fewer points. */
function isTaken({ given, points }: Example, declaration: Declaration): boolean {
  try {
    const inputs = given.map(([name = "", value = ""]) => [
      name,
      inputOf(value, declaration.inputs[name]!, optionName(name)),
    ]);
    resolveInputs(declaration, {
      inputs: Object.fromEntries(inputs),
      ...(points ? { points } : { size: 100 }),
    });
    return true;
  } catch (error) {
    if (error instanceof InvalidInputError) return false;
    throw error;
  }
}

/** A value that the input may have. */
function some(input: Input): string {
  if (input.kind !== "number") return `${input.default}`;
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = input;
  return `${Math.min(Math.max(minimum, 1), maximum)}`;
}

/** A few that it may have. */
function severalOf(input: Input): readonly string[] {
  if (input.kind === "flag") return ["true", "false"];
  if (input.kind === "choice") return input.choices.slice(0, 3);
  const middle = Number(input.default ?? some(input)) || 1;
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = input;
  const around = [middle / 2, middle, middle * 2].map((value) => (input.integer ? Math.ceil(value) : value));
  const within = around.filter((value) => value >= minimum && value <= maximum);
  return [...new Set(within)].map((value) => `${Number(value.toPrecision(6))}`);
}
