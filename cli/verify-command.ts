import type { Command } from "commander";
import type { VerifyOptions } from "./commands/verify.ts";
import { addRemoteOptions, WHERE_IT_IS } from "./remote-commands.ts";

/** Adds `verify`, which computes stored chunks again. */
export function addVerifyCommand(program: Command): void {
  const verify = program
    .command("verify")
    .description("compute stored chunks again, and compare bit for bit");
  addRemoteOptions(verify)
    .argument("<job>", "the job's folder, or its id below results/, in a deployment or in a Redis")
    .option("-e, --engine <name>", `${WHERE_IT_IS} (default: a folder)`)
    .option("--chunks <n>", "how many of the stored chunks, drawn at random (default: 20)")
    .option("--all", "every stored chunk")
    .option("--seed <n>", "draw the same chunks as before")
    .option("--kernel <file>", "the kernel's file, if it is not where it was")
    .option("--python <path>", "for a file of Python: its interpreter")
    .option("--json", "print the result as one JSON object, and nothing else")
    .addHelpText(
      "after",
      `
Each chunk is computed by the plain kernel, the oracle of the fast ones, on this machine: that takes longer than the job took.
Whatever the sample, every chunk that is not stored is named.

Examples:
  manyhands verify results/j1                     20 chunks of the job in that folder
  manyhands verify j1 --all                       every stored chunk of results/j1
  manyhands verify j1 --chunks 100 --seed 7       the same hundred each time
  manyhands verify j1 --engine aws                of a job in the deployment, read from its bucket

Exit codes: 0 all that was compared is equal, 1 a chunk differs or is corrupt, 2 bad input, 3 chunks are missing and all that
was compared is equal, 130 interrupted.`,
    )
    .action(async (job: string, options: VerifyOptions) => {
      process.exitCode = await (await import("./commands/verify.ts")).verifyJob(job, options);
    });
}
