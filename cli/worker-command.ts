import { type Command, Option } from "commander";
import type { WorkerOptions } from "./commands/worker.ts";
import type { WorkersOptions } from "./commands/workers.ts";

const all = (value: string, former: readonly string[] = []) => [...former, value];

/** Adds `worker`, which works for a queue and begins no job, and `workers`, which shows who does. */
export function addWorkerCommands(program: Command): void {
  program
    .command("worker")
    .description("work for a Redis or a deployment with this machine's processors, until Ctrl-C")
    .option(
      "--queue <url>",
      "whose messages: redis://host, sqs:// and a stack's name, or sqs+http://host:port (default: $MANYHANDS_REDIS)",
    )
    .option(
      "--store <url>",
      "where the jobs' objects are, but a stack's: s3://bucket; on Redis also redis, or a shared folder",
    )
    .option("-w, --workers <n>", "workers at a time (default: one per core)")
    .option("--name <name>", "this machine's in `workers` (default: host, process and a random part)")
    .option(
      "--kernel-uploads <policy>",
      "kernels it takes that come with a job, from a Redis: wasm, all, none (default: wasm)",
    )
    .option("--on <hosts>", "work there instead, over ssh, as long as this command runs: host1,me@host2")
    .option("--ssh-option <option>", "what ssh takes after -o; may be repeated", all)
    .option("--command <text>", "what starts manyhands there (default: manyhands)")
    .addOption(new Option("--tied").hideHelp())
    .option("--json", "print what happens as JSON lines")
    .addHelpText(
      "after",
      `
It waits for a Redis that is not there, and for one that comes back. It listens nowhere. Ctrl-C and SIGTERM finish what
is begun; a second one ends it at once, and others get what it had. From a deployment it takes messages beside its
Lambdas, or in their place where their mapping is disabled.

Examples:
  manyhands worker --queue redis://hand@hub
  manyhands worker --queue redis://hand@hub --on pc1,pc2,pc3
  manyhands worker --queue sqs://Manyhands
  manyhands worker --queue sqs+http://hub:9324 --store s3://jobs      without AWS: docs/machines.md`,
    )
    .action(async (options: WorkerOptions) => {
      process.exitCode = await (await import("./commands/worker.ts")).worker(options);
    });

  program
    .command("workers")
    .description("the machines that work for a Redis, and what each is at")
    .addOption(new Option("--stack <name>").hideHelp())
    .option("--redis <url>", "the Redis (default: $MANYHANDS_REDIS)")
    .option("--json", "as one JSON object")
    .action(async (options: WorkersOptions) => {
      process.exitCode = await (await import("./commands/workers.ts")).workers(options);
    });
}
