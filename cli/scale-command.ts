import type { Command } from "commander";
import type { ScaleOptions } from "./commands/scale.ts";
import { addJobOptions, withInputs } from "./request/job-options.ts";

/** Adds `scale` to the program. */
export function addScaleCommand(program: Command): void {
  addJobOptions(
    program.command("scale").description("run a job on more and more workers, and say what limits it"),
  )
    .option("-w, --workers <n,…>", "how many at a time (default: 1, 2, 4 … to twice the cores)")
    .option("-e, --engine <name>", "threads, local, redis (each run brings its own) or serial", "threads")
    .option("--repeats <n>", "runs on each", "3")
    .option("--plain", "the plain functions in place of their compiled twins")
    .option("--simulate <n>", "go on to this many workers by the models of plan: here, and on AWS")
    .option("-o, --out <file>", "also draw the speed-up: a new PNG")
    .option("--json", "as one JSON object, with every run")
    .addHelpText(
      "after",
      `
Each run is a process of its own, timed from its start to its end. The table has the speed-up against the fewest workers,
the serial fraction that it shows (Karp-Flatt), what Amdahl's law says of this job by a fit to the widths that have a core
for each worker, and Gustafson's of one that grows with the workers. What --simulate adds is not run.

Examples:
  manyhands scale --size 8000
  manyhands scale --size 4000 --plain --workers 1,2,4,32 --out speed-up.png
  manyhands scale --size 8000 --engine redis --workers 1,2
  manyhands scale --size 40000 --simulate 10000 --out speed-up.png`,
    )
    .action(async (kernel: string | undefined, options: Omit<ScaleOptions, "inputs">, command: Command) => {
      process.exitCode = await (await import("./commands/scale.ts")).scale(
        kernel,
        withInputs(command, options),
      );
    });
}
