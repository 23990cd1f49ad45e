import { Command, CommanderError } from "commander";
import packageJson from "../package.json" with { type: "json" };
import { describeError, InvalidInputError, isPermanent } from "../shared/errors.ts";
import { COLORMAPS, SCALES } from "../shared/job.ts";
import { KERNELS } from "../shared/kernels/registry.ts";
import { ENGINES } from "./engines/engines.ts";
import { optionName } from "./request.ts";

/** Every kernel's parameters become options of `run`; which of them a kernel has is checked there. */
const PARAMETERS = new Map<string, { about: string; unit: string; kernels: string[] }>();
for (const kernel of KERNELS.values()) {
  for (const [name, { about, unit }] of Object.entries(kernel.parameters)) {
    const kernels = [...(PARAMETERS.get(name)?.kernels ?? []), kernel.name];
    PARAMETERS.set(name, { about, unit, kernels });
  }
}

const program = new Command("manyhands")
  .description("Computes a big array with many hands: a splitter, a queue, a fleet of workers, one array.")
  .version(packageJson.version)
  .exitOverride()
  .showHelpAfterError("(--help shows what there is)");

const run = program
  .command("run")
  .description("compute an array and draw it")
  .argument("[kernel]", `what to compute: ${[...KERNELS.keys()].join(", ")}`)
  .option("-e, --engine <name>", `where: ${Object.keys(ENGINES).join(", ")}`, "local")
  .option("-w, --workers <n>", "workers at a time (default: one per core)")
  .option("-s, --size <n>", "about n/2 points a side, as in the tutorial (default: 1000)")
  .option("--points <RxC>", "rows x columns instead, evenly spaced; one number for one axis")
  .option("--x <from:to>", "range of the columns' coordinate")
  .option("--y <from:to>", "range of the rows' coordinate")
  .option("--chunk <RxC>", "chunk shape, or auto")
  .option("--chunks-per-message <n>", "chunks in one queue message")
  .option("--dtype <name>", "element type: uint16, uint32, float32, float64, or auto")
  .option("--codec <name>", "chunk compression: none, gzip, zstd")
  .option("--request <file>", "a whole job request as JSON instead of the options above; - reads stdin")
  .option("-o, --out <folder>", "where to write (default: results/<job id>)")
  .option("--job-id <id>", "name the job")
  .option("--plot3d", "draw surface.png from every point, large")
  .option("--npy", "also write the array as result.npy")
  .option("--no-plots", "draw nothing")
  .option("--colormap <name>", `colours: ${COLORMAPS.join(", ")}`)
  .option("--scale <name>", `colour and height scale: ${SCALES.join(", ")}`)
  .option("--json", "print the result as one JSON object, and nothing else")
  .option("-q, --quiet", "print nothing");
for (const [name, { about, unit, kernels }] of PARAMETERS) {
  run.option(`${optionName(name)} <${unit || "value"}>`, `${kernels.join(", ")}: ${about}`);
}
run
  .addHelpText(
    "after",
    `
Examples:
  manyhands run                                   the tutorial's Mandelbrot set, 500 x 500
  manyhands run --engine serial --plot3d --size 100
  manyhands run julia --points 2000x3000 --chunk 500x500 --npy
  manyhands run double-pendulum --size 400 --duration 20
  manyhands run --x -0.7463:-0.7413 --y 0.1127:0.1077 --max-iterations 5000

Exit codes: 0 complete, 1 failed, 2 bad input, 3 some chunks failed, 130 interrupted.`,
  )
  .action(async (kernel: string | undefined, options: Record<string, never>) => {
    const parameters: Record<string, string> = {};
    const others: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(options)) {
      if (PARAMETERS.has(name)) parameters[name] = value;
      else others[name] = value;
    }
    const command = await import("./commands/run.ts");
    process.exitCode = await command.run(kernel, { engine: "local", ...others, parameters });
    // An interrupted export may still be writing: what it writes is whole or nothing, and nobody waits for it.
    if (process.exitCode === command.EXIT_CODES.interrupted) process.exit();
  });

program
  .command("kernels")
  .description("list what can be computed, with parameters and units")
  .option("--json", "as one JSON array")
  .action(async (options: { json?: boolean }) => (await import("./commands/kernels.ts")).kernels(options));

program
  .command("plot")
  .description("draw a finished job's pictures again")
  .argument("<folder>", "the job's folder")
  .option("--plot3d", "draw surface.png from every point, large")
  .option("--colormap <name>", `colours: ${COLORMAPS.join(", ")}`)
  .option("--scale <name>", `colour and height scale: ${SCALES.join(", ")}`)
  .action(async (folder: string, options: object) => {
    process.exitCode = await (await import("./commands/plot.ts")).plot(folder, options);
  });

// `manyhands kernels | head` closes the pipe early: no error, nobody is listening any more.
process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => process.exit(code === "EPIPE" ? 0 : 1));

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

/** Bad input gets a sentence; anything unexpected too, and its stack where MANYHANDS_DEBUG asks for it. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  process.stderr.write(`${describeError(error)}\n`);
  if (process.env.MANYHANDS_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return error instanceof InvalidInputError || isPermanent(error) ? 2 : 1;
}
