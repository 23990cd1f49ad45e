import type { Command } from "commander";
import { COLORMAPS, RAMPS, SCALES } from "../../shared/messages/job-request.ts";
import { kernels } from "../kernels/loader.ts";
import { optionName } from "./request.ts";

/** Every kernel's parameters become options; which of them a kernel has is checked when the job is made. */
const PARAMETERS = new Map<string, { about: string; unit: string; owners: string[] }>();
for (const kernel of kernels.values()) {
  for (const [name, { about, unit }] of Object.entries(kernel.parameters)) {
    const owners = [...(PARAMETERS.get(name)?.owners ?? []), kernel.name];
    PARAMETERS.set(name, { about, unit, owners });
  }
}

/** Adds the options that describe a job, for every engine. */
export function addJobOptions(command: Command): Command {
  command
    .argument("[kernel]", `what to compute: ${[...kernels.keys()].join(", ")}`)
    .option("-s, --size <n>", "about n/2 points a side, as in the tutorial (default: 1000)")
    .option("--points <RxC>", "rows x columns instead, evenly spaced; one number for one axis")
    .option("--x <from:to>", "range of the columns' coordinate")
    .option("--y <from:to>", "range of the rows' coordinate")
    .option("--chunk <RxC>", "chunk shape, or auto")
    .option("--chunks-per-message <n>", "chunks in one queue message")
    .option("--dtype <name>", "element type: uint16, uint32, float32, float64, or auto")
    .option("--codec <name>", "chunk compression: none, gzip, zstd")
    .option("--ramp <name>", `how workers are started, on AWS only: ${RAMPS.join(", ")}`)
    .option("--allow-missing <share>", "be content (exit code 0) where no more chunks fail: 0.01, 1%")
    .option("--request <file>", "a whole job request as JSON instead of the options above; - reads stdin")
    .option("--job-id <id>", "name the job")
    .option("--npy", "also write the array as result.npy")
    .option("--no-plots", "draw nothing");
  addPlotOptions(command);
  for (const [name, { about, unit, owners }] of PARAMETERS) {
    command.option(`${optionName(name)} <${unit || "value"}>`, `${owners.join(", ")}: ${about}`);
  }
  return command;
}

export function addPlotOptions(command: Command): Command {
  return command
    .option("--plot3d", "draw surface.png from every point, large")
    .option("--colormap <name>", `colours: ${COLORMAPS.join(", ")}`)
    .option("--scale <name>", `colour and height scale: ${SCALES.join(", ")}`);
}

/** Splits commander's options: the kernels' parameters are set apart. */
export function withParameters<Options extends object>(
  options: Options,
): Options & { readonly parameters: Record<string, string> } {
  const parameters: Record<string, string> = {};
  const others: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (PARAMETERS.has(name)) parameters[name] = value;
    else others[name] = value;
  }
  return { ...(others as Options), parameters };
}
