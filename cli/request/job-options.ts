import { type Command, Option } from "commander";
import { builtIns } from "../../client/kernels/loader.ts";
import type { Input } from "../../shared/kernels/declaration.ts";
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import { COLORMAPS, RAMPS, SCALES } from "../../shared/messages/job-request.ts";
import { optionHeading, optionHelp, optionName, optionValue } from "./input-option.ts";

/** Adds the options that describe a job, for every engine; those of each input of these kernels too. */
export function addJobOptions(command: Command): Command {
  command
    .argument("[kernel]", `what to compute: ${[...builtIns.keys()].join(", ")}, or a file of your own`)
    .option("-s, --size <n>", "about n/2 points a side, as in the tutorial (default: 1000)")
    .option("--points <AxB>", "a count for each swept range instead, in the order of the inputs")
    .option("--seed <n>", "random numbers follow from it (default: 0)")
    .option("--chunk <AxB>", "chunk shape, or auto")
    .option("--chunks-per-message <n>", "chunks in one queue message")
    .option("--dtype <name>", "element type: uint16, uint32, float32, float64, or auto")
    .option("--codec <name>", "chunk compression: none, gzip, zstd")
    .option("--ramp <name>", `how workers are started, on AWS only: ${RAMPS.join(", ")}`)
    .option("--allow-missing <share>", "be content (exit code 0) where no more chunks fail: 0.01, 1%")
    .option("--max-usd <usd>", "end the job before it costs more; not on engines serial and threads")
    .option(
      "--python <path>",
      "for a file of Python: its interpreter (default: the environment's, or that of .venv beside it)",
    )
    .option("--request <file>", "a whole job request as JSON instead of the options above; - reads stdin")
    .option("--job-id <id>", "name the job")
    .option("--npy", "also write the array as result.npy")
    .option("--no-plots", "draw nothing");
  INPUTS.set(command, []);
  return addPlotOptions(command);
}

/** Whether the inputs of a kernel are options of the command, beside its own. */
export const takesInputs = (command: Command): boolean => INPUTS.has(command);

/** Adds an option for each input: of one kernel, or of all that the program has. */
export function addInputOptions(command: Command, kernels: readonly LoadedKernel[]): void {
  const inputs = new Map<string, { readonly input: Input; readonly owners: string[] }>();
  for (const { name: owner, declaration } of kernels) {
    for (const [name, input] of Object.entries(declaration.inputs)) {
      const { owners = [] } = inputs.get(name) ?? {};
      inputs.set(name, { input: inputs.get(name)?.input ?? input, owners: [...owners, owner] });
    }
  }
  for (const [name, { input, owners }] of inputs) {
    const isAlone = kernels.length === 1;
    const help = isAlone ? optionHelp(input) : `${owners.join(", ")}: ${input.about}`;
    const option = new Option(`${optionName(name)} ${optionValue(input)}`, help);
    command.addOption(isAlone ? option.helpGroup(optionHeading(input)) : option);
  }
  INPUTS.set(command, [...inputs.keys()]);
}

const INPUTS = new WeakMap<Command, readonly string[]>();

export function addPlotOptions(command: Command): Command {
  return command
    .option("--plot3d", "draw surface.png from every point, large")
    .option("--colormap <name>", `colours: ${COLORMAPS.join(", ")}`)
    .option("--scale <name>", `colour and height scale: ${SCALES.join(", ")}`)
    .option(
      "--at <input=value>",
      "with more than two axes: where another one than the first two is cut for the pictures",
      (text: string, before: readonly string[] = []) => [...before, text],
    );
}

/** Splits commander's options: the kernel's inputs are set apart. */
export function withInputs<Options extends object>(
  command: Command,
  options: Options,
): Options & { readonly inputs: Record<string, string | true> } {
  const known = INPUTS.get(command) ?? [];
  const inputs: Record<string, string | true> = {};
  const others: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (known.includes(name)) inputs[name] = value;
    else others[name] = value;
  }
  return { ...(others as Options), inputs };
}

/** Those of `plot` alone: the aggregator draws PNG files of a fixed size. */
export function addLookOptions(command: Command): Command {
  return command
    .option("--format <names>", "kinds of file: png, svg, pdf, several with commas between (default: png)")
    .option("--size <AxB>", "width and height of each picture: 120x90mm, 12x9cm, 4.7x3.5in")
    .option(
      "--dpi <n>",
      "pixels per inch of PNG files, and of images in the others (default: 300; a PNG without --size 100)",
    )
    .option("--title <text>", 'instead of kernel, shape and inputs; "" for none')
    .option("--limits <low:high>", "the ends of colours and heights; either may be left out")
    .option("--view <azimuth,elevation>", "from where the surface is seen, in degrees (default: -60,30)")
    .option("--special <value=words>", "a value that is no measure, drawn in a grey of its own");
}
