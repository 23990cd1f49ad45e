import type { Command } from "commander";
import type { MemoryOptions } from "./commands/memory.ts";
import { addRemoteOptions, WHERE_IT_IS } from "./remote-commands.ts";

/** Adds `memory` to the program. */
export function addMemoryCommand(program: Command): void {
  addRemoteOptions(program.command("memory"))
    .description("what a job took of memory in each stage, and how little was sent for it")
    .argument("[job]", "its folder, or its id (default: the latest one)")
    .option("-e, --engine <name>", `${WHERE_IT_IS} (default: here, else there)`)
    .option("--json", "as one JSON object")
    .addHelpText(
      "after",
      `
The first table has the peak of each stage's process: as plan predicts it, and as it was. Engine local measures each process, threads and
serial the one that they have; of a deployment the functions' logs tell it (logs:FilterLogEvents); on a Redis nothing measures it.
The second has the bytes: of the messages that say what is to be computed, of the reports, of the array, and of what the tutorial sent in
their place, 8 MB of pickled coordinates in 4 lists. A python3 on the PATH pickles these; without one, the sizes of pickle's opcodes are added up.

What a job that has not run would take is said by \`manyhands plan\`.

Examples:
  manyhands memory                            of the latest job in results/
  manyhands memory j1
  manyhands memory j1 --engine aws            by the logs of the deployment
  manyhands memory j1 --json | jq .stages`,
    )
    .action(async (job: string | undefined, options: MemoryOptions) => {
      process.exitCode = await (await import("./commands/memory.ts")).memory(job, options);
    });
}
