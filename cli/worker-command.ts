import type { Command } from "commander";
import type { WorkerOptions } from "./commands/worker.ts";

/** Adds `worker`, which works for a queue and begins no job. */
export function addWorkerCommand(program: Command): void {
  program
    .command("worker")
    .description("work for a deployment with this machine's processors, until Ctrl-C")
    .requiredOption("--queue <url>", "whose messages: sqs:// and the name of a stack")
    .option("-w, --workers <n>", "workers at a time (default: one per core)")
    .option("--json", "print what happens as JSON lines")
    .addHelpText(
      "after",
      `
It takes messages beside the deployment's Lambdas, or in their place where their mapping is disabled, and listens
nowhere. Ctrl-C finishes what is begun; a second one ends it at once, and others get what it had.

Example:
  manyhands worker --queue sqs://Manyhands`,
    )
    .action(async (options: WorkerOptions) => {
      process.exitCode = await (await import("./commands/worker.ts")).worker(options);
    });
}
