import type { Command } from "commander";
import type { CostOptions } from "./commands/cost.ts";
import type { PricesOptions } from "./commands/prices.ts";
import { addRemoteOptions, WHERE_IT_IS } from "./remote-commands.ts";

/** Adds `cost` and `prices` to the program. */
export function addCostCommands(program: Command): void {
  addRemoteOptions(program.command("cost"))
    .description("what a job cost, by stage: one whose folder is here, else one of a deployment")
    .argument("<job>", "its id, or its folder")
    .option("-e, --engine <name>", `${WHERE_IT_IS} (default: here, else there)`)
    .option("--json", "as one JSON object")
    .addHelpText(
      "after",
      `
A deployment's job is priced by the log of each function (logs:FilterLogEvents), CloudWatch's counts (cloudwatch:GetMetricData) and
its reports. Storage, downloads and free amounts are not in it.`,
    )
    .action(async (job: string, options: CostOptions) => {
      process.exitCode = await (await import("./commands/cost.ts")).cost(job, options);
    });

  program
    .command("prices")
    .description("what jobs are priced by: AWS's prices, with their dates and where they were read")
    .option("--region <names>", "of these regions, with commas between (default: all that are known)")
    .option("--refresh", "read them anew from AWS's public price list, without credentials")
    .option("--from <address>", "with --refresh: another server that has AWS's offer files")
    .option("--json", "as one JSON array")
    .addHelpText(
      "after",
      `
Nothing is asked of AWS but with --refresh. What was read lies in $XDG_DATA_HOME/manyhands/prices/ (~/.local/share), a file a
region; without the file, the prices that come with manyhands hold.

Examples:
  manyhands prices --region eu-west-1
  manyhands prices --refresh --region eu-central-1`,
    )
    .action(async (options: PricesOptions) => {
      process.exitCode = await (await import("./commands/prices.ts")).prices(options);
    });
}
