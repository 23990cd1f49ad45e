import { Command, CommanderError } from "commander";
import BUILD from "#build";
import { sdkWarnings } from "../client/cloud/sdk-warnings.ts";
import { ENGINES } from "../client/engines/engines.ts";
import { usePython } from "../client/kernels/pythons.ts";
import { isPermanent, NewerVersionError } from "../shared/validation/errors.ts";
import { printable } from "../shared/validation/printable.ts";
import type { CheckOptions } from "./commands/check.ts";
import type { KernelsOptions } from "./commands/kernels.ts";
import type { ResumeOptions } from "./commands/resume.ts";
import type { RunOptions } from "./commands/run.ts";
import type { TableOptions } from "./commands/table.ts";
import { addCompletionCommand } from "./completion-command.ts";
import { addConformCommand } from "./conform-command.ts";
import { addCostCommands } from "./cost-commands.ts";
import { declareInputs } from "./declare-inputs.ts";
import { addDiffCommand } from "./diff-command.ts";
import { hidePasswords } from "./hide-passwords.ts";
import { addInitCommand } from "./init-command.ts";
import { addMapCommand } from "./map-command.ts";
import { addMemoryCommand } from "./memory-command.ts";
import { addPlanCommand } from "./plan-command.ts";
import {
  addRemoteCommands,
  addRemoteOptions,
  DEFAULTS,
  REMOTE_HELP,
  WHERE_IT_IS,
} from "./remote-commands.ts";
import { addJobOptions, addLookOptions, addPlotOptions, withInputs } from "./request/job-options.ts";
import { addScaleCommand } from "./scale-command.ts";
import { endWithNpm, isUnderNohup } from "./terminal/callers.ts";
import { EXIT_CODES } from "./terminal/exit-codes.ts";
import { watchOutput } from "./terminal/output.ts";
import { tellError } from "./terminal/tell-error.ts";
import { addTuneCommand } from "./tune-command.ts";
import { addVerifyCommand } from "./verify-command.ts";
import { addWorkerCommands } from "./worker-command.ts";

export const program = new Command("manyhands")
  .description("Computes a big array with many hands: a splitter, a queue, a fleet of workers, one array.")
  .version(BUILD.version)
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text.split("\n").map(printable).join("\n")) })
  .showHelpAfterError("(--help shows what there is)")
  .addHelpText("after", REMOTE_HELP);

addJobOptions(addRemoteOptions(program.command("run").description("compute an array and draw it")))
  .option("-e, --engine <name>", `where: an engine named below ${DEFAULTS}`)
  .option("-w, --workers <n>", "workers at a time (default: one per core)")
  .option("-o, --out <folder>", "where to write (default: results/<job id>)")
  .option("--no-report", "write no report.html, the page of the job")
  .option("-y, --yes", "on AWS: do not ask about a job that is expected to cost more than 1 USD")
  .option("--watch", "show the array filling on a page of this machine, in the desktop's browser")
  .option("--no-open", "with --watch: only print the page's address")
  .option("--notify", "ring the terminal's bell, and notify the desktop, when a job of over a minute ends")
  .option("--dry-run", "run nothing: say what it will take and cost, as plan does")
  .option("--json", "print the result as one JSON object, and nothing else")
  .option("-q, --quiet", "print nothing")
  .addHelpText(
    "after",
    `
Engines:
${engineLines()}

Examples:
  manyhands run                                   the tutorial's Mandelbrot set, 500 x 500
  manyhands run --size 4000 --watch               with a page that shows it while it is computed
  manyhands run --engine serial --plot3d --size 100
  manyhands run julia --points 2000x3000 --chunk 500x500 --npy
  manyhands run double-pendulum --size 400 --duration 20
  manyhands run --engine aws                      on the stack that \`npx cdk deploy\` made
  manyhands run --redis redis://hub               on the machines that work for this Redis
  manyhands run --x -0.7463:-0.7413 --y 0.1127:0.1077 --max-iterations 5000

Exit codes: 0 complete, 1 failed, 2 bad input, 3 some chunks failed or it was cancelled, 130 interrupted.`,
  )
  .action(async (kernel: string | undefined, options: Omit<RunOptions, "inputs">, command: Command) => {
    const { run } = await import("./commands/run.ts");
    process.exitCode = await run(kernel, withInputs(command, options));
  });

addPlanCommand(program);
addTuneCommand(program);
addScaleCommand(program);

addMapCommand(program);

addRemoteOptions(program.command("resume"))
  .alias("retry")
  .description("go on with a job that was interrupted, cancelled or left incomplete: only what is missing")
  .argument("<job>", "its folder, or its id below results/; with --engine aws or redis, its id")
  .option("-e, --engine <name>", `where: an engine that run --help names ${DEFAULTS}`)
  .option("-w, --workers <n>", "workers at a time (default: one per core)")
  .option("-o, --out <folder>", "with --engine aws or redis: where to write (default: results/<job id>)")
  .option("--kernel <file>", "the kernel's file, if it is not where it was")
  .option("--no-report", "write no report.html")
  .option("--max-usd <usd>", "what a job with a limit may cost from now on, its earlier rounds included")
  .option("--python <path>", "for a file of Python: its interpreter")
  .option(
    "--force",
    "also where another version of its kernel began it; on aws and redis, while messages of it may be in the queue",
  )
  .option("--notify", "ring the terminal's bell, and notify the desktop, when a job of over a minute ends")
  .option("--dry-run", "compute nothing: say what the rest will take and cost")
  .option("--json", "print the result as one JSON object, and nothing else")
  .option("-q, --quiet", "print nothing")
  .addHelpText(
    "after",
    `
Chunks that are stored are verified by their checksum and kept; a corrupt one is computed again. A job may go on
on another engine than it began on, as long as its folder is here.

Examples:
  manyhands resume results/mandelbrot-20130314-1592     after Ctrl-C, a crash or a power cut
  manyhands retry my-job --engine threads               the chunks that failed, once what was wrong is mended
  manyhands resume my-job --engine aws                  a job of a deployment, also a cancelled one

Exit codes: those of run.`,
  )
  .action(async (job: string, options: ResumeOptions) => {
    process.exitCode = await (await import("./commands/resume.ts")).resume(job, options);
  });

addRemoteCommands(program);

addWorkerCommands(program);

addJobOptions(
  program
    .command("check")
    .description("say what a kernel declares, what a cell costs, and how its job would be cut"),
)
  .argument("[items]", "for a task: a file of JSON lines, of which it runs the first three, twice each")
  .option("--json", "as one JSON object")
  .option("--schema", "print a JSON Schema of its requests instead")
  .addHelpText(
    "after",
    `
Examples:
  manyhands check ./mine.ts
  manyhands check ./mine.ts --points 1000x1000
  manyhands check ./task.ts items.jsonl

Exit codes: 0 all is well, 1 a kernel's twin has other bits or an item of the task threw, 2 bad input.`,
  )
  .action(async (kernel, items, options: Omit<CheckOptions, "inputs">, command: Command) => {
    const { check } = await import("./commands/check.ts");
    process.exitCode = await check(kernel, items, withInputs(command, options));
  });

addRemoteOptions(program.command("kernels"))
  .description(
    "list what can be computed, with inputs and units; with --engine aws or redis, what was uploaded there",
  )
  .option("-e, --engine <name>", `where: an engine that run --help names ${DEFAULTS}`)
  .option("--prune", "with --engine aws or redis: remove what no job names, except of the last hour")
  .option("--json", "as one JSON array")
  .action(async (options: KernelsOptions) => (await import("./commands/kernels.ts")).kernels(options));

addLookOptions(addPlotOptions(program.command("plot").description("draw a finished job's pictures again")))
  .argument("<job>", "its folder, or its id below results/")
  .addHelpText(
    "after",
    `
Examples:
  manyhands plot j1 --format svg,pdf --size 120x90mm
  manyhands plot j1 --colormap rdbu-r --limits -1:1 --title ""
  manyhands plot j1 --view 30,45 --special "1000=never escapes"`,
  )
  .action(async (folder: string, options: object) => {
    process.exitCode = await (await import("./commands/plot.ts")).plot(folder, options);
  });

addRemoteOptions(program.command("table").description("write a job's array as CSV, a line a cell"))
  .argument("<job>", "its folder, or its id")
  .option("-e, --engine <name>", `${WHERE_IT_IS} (default: here, else there)`)
  .option("-o, --out <file>", "where to write (default: stdout)")
  .addHelpText(
    "after",
    `
A column for each input that was swept, and one for each value; cells of chunks that are not there are empty (NaN among floats).

Examples:
  manyhands table results/j1 | head
  manyhands table j1 --out j1.csv`,
  )
  .action(async (job: string, options: TableOptions) => {
    process.exitCode = await (await import("./commands/table.ts")).table(job, options);
  });

addVerifyCommand(program);
addDiffCommand(program);
addMemoryCommand(program);
addCostCommands(program);

addConformCommand(program);
addInitCommand(program);
addCompletionCommand(program);

/** The value of an option that matters before options are known. */
function optionIn(option: string, args: readonly string[]): string | undefined {
  const at = args.findIndex((each) => each === option || each.startsWith(`${option}=`));
  return at < 0 ? undefined : (args[at]!.split("=", 2)[1] ?? args[at + 1]);
}

function engineLines(): string {
  const width = Math.max(...[...ENGINES.keys()].map((name) => name.length));
  return [...ENGINES.values()].map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`).join("\n");
}

export async function main(): Promise<void> {
  hidePasswords();
  const output = watchOutput(process.stdout, process.stderr);
  if (isUnderNohup()) process.on("SIGHUP", () => {});
  else if (process.env.npm_lifecycle_event !== undefined) endWithNpm();
  sdkWarnings.tell = (sentence) => console.warn(sentence);
  try {
    const args = process.argv.slice(2);
    usePython(optionIn("--python", args));
    await declareInputs(program, args);
    await program.parseAsync();
  } catch (error) {
    process.exitCode = exitCodeOfError(error);
  }
  if (!(await output.end())) process.exitCode = EXIT_CODES.failed;
  // Exits without waiting for work that may still be under way: V8 compiling, idle connections, an interrupted export
  // (files are whole or absent).
  process.exit();
}

/**
 * The exit code, after printing a sentence for any error; with MANYHANDS_DEBUG, also the stack of an unexpected one.
 */
function exitCodeOfError(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
  const error = tellError(thrown);
  return error instanceof NewerVersionError || isPermanent(error) ? 2 : 1;
}
