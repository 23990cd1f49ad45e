import type { Command } from "commander";
import type { TuneCommandOptions } from "./commands/tune.ts";
import { addJobOptions, withInputs } from "./request/job-options.ts";

/** Adds `tune` to the program. */
export function addTuneCommand(program: Command): void {
  addJobOptions(
    program
      .command("tune")
      .description(
        "find which deployment suits a job: its memory, architecture and workers, by time and cost",
      ),
  )
    .option("-w, --workers <n>", "of engines threads and local, to compare with (default: one per core)")
    .option("--timeout <s>", "what a worker has for a message (default: 60)")
    .option("--region <name>", "whose prices (default: us-east-1)")
    .option("-o, --out <file>", "also draw cost against time: a new PNG")
    .option("--write", "write the settings at the knee into ./cdk.json, which `npx cdk deploy` reads")
    .option("--json", "as one JSON object")
    .addHelpText(
      "after",
      `
It computes pieces of the job's chunks here, for at most a second, and simulates the job on thousands of deployments, in other chunks
too unless --chunk says which. Nothing is deployed or sent. The front is what no other one beats; beyond its knee a hundredth less
time costs more than a hundredth.

Examples:
  manyhands tune double-pendulum --points 4000x4000
  manyhands tune ./mine.ts --points 1000x1000 --out mine.png
  manyhands tune ./mine.ts --points 1000x1000 --write && npx cdk deploy`,
    )
    .action(
      async (kernel: string | undefined, options: Omit<TuneCommandOptions, "inputs">, command: Command) => {
        process.exitCode = await (await import("./commands/tune.ts")).tune(
          kernel,
          withInputs(command, options),
        );
      },
    );
}
