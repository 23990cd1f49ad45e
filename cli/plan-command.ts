import type { Command } from "commander";
import type { PlanOptions } from "./commands/plan.ts";
import { addJobOptions, withInputs } from "./request/job-options.ts";

/** Adds `plan` to the program. */
export function addPlanCommand(program: Command): void {
  addJobOptions(
    program.command("plan").description("say what a job will take and cost on each engine, before it runs"),
  )
    .option("-w, --workers <n>", "of engines threads and local (default: one per core)")
    .option("--memory <MB>", "a deployment's worker's (default: 1769)")
    .option("--timeout <s>", "a deployment's worker's (default: 60)")
    .option("--fleet <n>", "a deployment's workers at a time (default: 900)")
    .option("--architecture <name>", "arm64 or x86_64 (default: arm64)")
    .option("--region <name>", "whose prices (default: us-east-1)")
    .option("--json", "as one JSON object")
    .addHelpText(
      "after",
      `
It computes pieces of the job's chunks here, for at most a second of CPU time. Intervals hold 80 % of what happens. What it predicts is kept in
$XDG_DATA_HOME/manyhands/predictions.json (~/.local/share), is compared with the job's run and corrects the next plans; delete the file
and it begins anew. Time is predicted as this machine is now: what other programs take of it is measured with the rest.

\`manyhands map … --dry-run\` plans a task's items, \`manyhands resume <job> --dry-run\` what a job lacks.

Examples:
  manyhands plan
  manyhands plan double-pendulum --points 4000x4000 --memory 512
  manyhands plan ./mine.ts --points 1000x1000 --json`,
    )
    .action(async (kernel: string | undefined, options: Omit<PlanOptions, "inputs">, command: Command) => {
      process.exitCode = await (await import("./commands/plan.ts")).plan(
        kernel,
        withInputs(command, options),
      );
    });
}
