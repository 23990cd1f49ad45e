import type { Command } from "commander";
import type { WorkerOptions } from "./commands/worker.ts";

/** Adds `worker`, which works for a queue and begins no job. */
export function addWorkerCommand(program: Command): void {
  program
    .command("worker")
    .description("work for a deployment with this machine's processors, until Ctrl-C")
    .requiredOption(
      "--queue <url>",
      "whose messages: sqs:// and the name of a stack, or sqs+http://host:port",
    )
    .option("--store <url>", "where their jobs are stored, if the queue is of no stack: s3:// and a bucket")
    .option("-w, --workers <n>", "workers at a time (default: one per core)")
    .option("--json", "print what happens as JSON lines")
    .addHelpText(
      "after",
      `
It takes messages beside the deployment's Lambdas, or in their place where their mapping is disabled, and listens
nowhere. Ctrl-C finishes what is begun; a second one ends it at once, and others get what it had.

Without AWS, sqs+http:// is a server that speaks SQS, such as ElasticMQ, and the store's address and keys are in
AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.

Examples:
  manyhands worker --queue sqs://Manyhands
  manyhands worker --queue sqs+http://hub:9324 --store s3://jobs`,
    )
    .action(async (options: WorkerOptions) => {
      process.exitCode = await (await import("./commands/worker.ts")).worker(options);
    });
}
