import { type Command, Option } from "commander";
import { DEFAULT_ENGINE } from "../client/engines/engines.ts";
import { REDIS_URL } from "../client/redis/redis-env.ts";
import { deployWith, START_LOCALSTACK } from "../shared/build/commands.ts";
import { STACK_NAME } from "../shared/validation/env.ts";
import type { AttachOptions } from "./commands/attach.ts";
import type { CancelOptions } from "./commands/cancel.ts";
import type { DoctorOptions } from "./commands/doctor.ts";
import type { FetchOptions } from "./commands/fetch.ts";
import type { ListOptions } from "./commands/list.ts";
import type { StatusOptions } from "./commands/status.ts";
import type { SubmitOptions } from "./commands/submit.ts";
import type { WatchOptions } from "./commands/watch.ts";
import { addJobOptions, withInputs } from "./request/job-options.ts";

/** Shown after the list of commands. */
export const REMOTE_HELP = `
On a deployment (npx cdk deploy, or ${START_LOCALSTACK} and ${deployWith(true)}), by the usual AWS_PROFILE, AWS_REGION
and AWS_ENDPOINT_URL:
  manyhands doctor                   is all there that a job needs?
  manyhands run --engine aws         compute there, follow, fetch; Ctrl-C leaves the job running, or cancels it
  manyhands submit --job-id j1 …     hand it over and return; then status j1, attach j1, cancel j1, fetch j1, delete j1
The same on machines of your own that work for a Redis (manyhands worker --queue redis://hub), with --redis redis://hub or
${REDIS_URL} in the environment, and REDIS_PASSWORD.`;

/** What `--engine` says of a job's place, and what holds where it is not given. */
export const WHERE_IT_IS = "where it is: aws for a deployment, redis for a Redis, any other for a folder";
export const DEFAULTS = `(default: ${DEFAULT_ENGINE}, or redis with --redis)`;
const HERE_ELSE_THERE = `${WHERE_IT_IS} (default: here, else there)`;

/** Adds the commands on jobs that outlive their process, in the order of a job's life. */
export function addRemoteCommands(program: Command): void {
  const remote = (name: string, description: string) =>
    addRemoteOptions(program.command(name).description(description));

  addJobOptions(remote("submit", "hand a job to a deployment or a Redis and return at once, with its id"))
    .option("-y, --yes", "do not ask about a job that is expected to cost more than 1 USD")
    .option("--json", "print the submission as one JSON object")
    .option("-q, --quiet", "print the id alone")
    .action(async (kernel: string | undefined, options: Omit<SubmitOptions, "inputs">, command: Command) => {
      const { submit } = await import("./commands/submit.ts");
      process.exitCode = await submit(kernel, withInputs(command, options));
    });

  remote("status", "how far a job is: one whose folder is here, else one of a deployment or a Redis")
    .argument("<job>", "its id, or its folder")
    .option("-e, --engine <name>", HERE_ELSE_THERE)
    .option("--json", "as one JSON object")
    .action(async (job: string, options: StatusOptions) => {
      process.exitCode = await (await import("./commands/status.ts")).status(job, options);
    });

  remote("watch", "show a job on a page of this machine as it is computed, or as it ended")
    .argument("<job>", "its id, or its folder")
    .option("-e, --engine <name>", HERE_ELSE_THERE)
    .option("--no-open", "only print the page's address")
    .option("--json", "print the address as one JSON object")
    .addHelpText(
      "after",
      `
The page is for this machine alone, by an address that cannot be guessed, until Ctrl-C. Watching a job of a deployment takes
about 5 lists and at most 20 reads a second, less often where a look takes longer: the picture of a large job fills everywhere
at once, and later than the counts.

Examples:
  manyhands watch results/mandelbrot-20130314-1592
  manyhands watch my-job --engine aws --no-open

Exit codes: 0 after Ctrl-C, 1 the store could not be read any more, 2 bad input.`,
    )
    .action(async (job: string, options: WatchOptions) => {
      process.exitCode = await (await import("./commands/watch.ts")).watch(job, options);
    });

  remote("attach", "follow a submitted job to its end and fetch its results, as run does")
    .argument("<job>", "the job's id")
    .option("-o, --out <folder>", "where to write (default: results/<job id>)")
    .option("--notify", "ring the terminal's bell, and notify the desktop, when a job of over a minute ends")
    .option("--no-report", "write no report.html")
    .option("--json", "print the result as one JSON object, and nothing else")
    .option("-q, --quiet", "print nothing")
    .action(async (job: string, options: AttachOptions) => {
      process.exitCode = await (await import("./commands/attach.ts")).attach(job, options);
    });

  remote("cancel", "stop a job: what is stored stays, and resume goes on with it")
    .argument("<job>", "its id, or the folder of one that this machine is computing")
    .option("-e, --engine <name>", HERE_ELSE_THERE)
    .option("--json", "as one JSON object")
    .action(async (job: string, options: CancelOptions) => {
      process.exitCode = await (await import("./commands/cancel.ts")).cancel(job, options);
    });

  remote("list", "the jobs in results/ and those of a deployment and a Redis, the latest first")
    .option("-e, --engine <name>", "only those of this engine: aws, redis, or any other for results/")
    .option("--limit <n>", "how many to show", "20")
    .option("--json", "as one JSON array")
    .action(async (options: ListOptions) => {
      process.exitCode = await (await import("./commands/list.ts")).list(options);
    });

  remote("fetch", "bring what a job stored to this machine")
    .argument("<job>", "the job's id")
    .option("--pictures", "only the pictures and the summary (default: everything)")
    .option("--npy", "only the array, as one result.npy, and the summary")
    .option("-o, --out <folder>", "where to write (default: results/<job id>)")
    .option("--no-report", "write no report.html")
    .option("-q, --quiet", "print nothing")
    .action(async (job: string, options: FetchOptions) => {
      process.exitCode = await (await import("./commands/fetch.ts")).fetchJob(job, options);
    });

  remote("delete", "remove all that a deployment or a Redis has of a job")
    .argument("<job>", "the job's id")
    .option("-y, --yes", "do not ask")
    .option("--force", "even if it is running")
    .action(async (job: string, options: object) => {
      process.exitCode = await (await import("./commands/delete.ts")).deleteJob(job, options);
    });

  remote("aggregate", "settle a job from what is stored, and deliver dead reports once more")
    .argument("<job>", "the job's id")
    .option("--json", "as one JSON object")
    .action(async (job: string, options: StatusOptions) => {
      process.exitCode = await (await import("./commands/aggregate.ts")).aggregateJob(job, options);
    });

  program
    .command("doctor")
    .description("look at credentials, stack, kernels, limits, queues and dead letters, and say what to do")
    .option("--stack <name>", "the deployment's stack", STACK_NAME)
    .argument("[files...]", "files of kernels: is each deployed as it is here?")
    .option("--redis <url>", "look at this Redis in place of a stack: redis://user@host")
    .option("--store <url>", "and at this store: s3:// and a bucket, or a folder with --redis")
    .option("--queue <url>", "and at the queues of this server: sqs+http://host:port")
    .option("--json", "as one JSON array")
    .action(async (files: readonly string[], options: DoctorOptions) => {
      process.exitCode = await (await import("./commands/doctor.ts")).doctor(files, options);
    });
}

/** Adds the options that say where jobs are that are not here. */
export function addRemoteOptions(command: Command): Command {
  return (
    command
      .option("--stack <name>", `the deployment's stack (default: ${STACK_NAME})`)
      .option(
        "--redis <url>",
        `a Redis: redis://user@host:6379, or without one sqs+http://host:9324 (default: ${REDIS_URL})`,
      )
      // As `worker` calls it: what its user copies from one line of a terminal to the next.
      .addOption(new Option("--queue <url>").hideHelp())
      .on("option:queue", (url: string) => command.setOptionValue("redis", url))
      .option(
        "--store <url>",
        "where the objects of its jobs are: s3://bucket; on Redis also redis (default), or a shared folder",
      )
  );
}
