import type { Command } from "commander";
import type { ConformOptions } from "./commands/conform.ts";

/** Adds `conform` to the program. */
export function addConformCommand(program: Command): void {
  program
    .command("conform")
    .description("check a worker of any language against the protocol (docs/protocol.md)")
    .argument("<command...>", "what starts it, after --")
    .option("--only <checks>", "these alone, with commas between")
    .option("--redis", "on a Redis, by the redis-server that is installed; for a worker that takes one message at a time")
    .option("--seconds <n>", "how long it may take for a message, its start included", "60")
    .option("--json", "as one JSON array")
    .addHelpText(
      "after",
      `
It starts an SQS and an S3 on this machine, then the worker, which finds them by AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, BUCKET, CHUNK_QUEUE_URL, RESULT_QUEUE_URL and RETRY_AFTER_SECONDS; or, with --redis, a Redis, which it finds by
MANYHANDS_REDIS and REDIS_PASSWORD. Each check gives it a message or two, and looks at what it stores, reports and acknowledges, and in
which order. It needs the kernels mandelbrot, julia and double-pendulum.

Examples:
  manyhands conform -- python -m manyhands worker
  manyhands conform --redis -- python -m manyhands worker --workers 1
  manyhands conform --only first-chunk,order -- ./my-worker

Exit codes: 0 it keeps the protocol, 1 a check failed, 2 bad input.`,
    )
    .action(async (command: string[], options: ConformOptions) => {
      process.exitCode = await (await import("./commands/conform.ts")).conform(command, options);
    });
}
