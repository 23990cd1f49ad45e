import { availableParallelism } from "node:os";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import type { Watch } from "../engines/engine.ts";
import { engineNamed } from "../engines/engines.ts";
import { prepareJobFolder } from "../job-folder/folder.ts";
import { assumedCost } from "../request/assumed-cost.ts";
import { jobOf, type NewJobOptions } from "../request/new-job.ts";
import { wholeNumber } from "../request/request.ts";
import { runJob, type Verbosity } from "./run-job.ts";

export interface RunOptions extends NewJobOptions, Verbosity {
  readonly engine: string;
  readonly stack: string;
  readonly workers?: string;
  readonly out?: string;
}

const MAX_WORKERS = 64;

/** `manyhands run`: everything is checked before anything starts. Returns the exit code. */
export async function run(kernelName: string | undefined, options: RunOptions): Promise<number> {
  const engine = engineNamed(options.engine);
  const workers = workersOf(options);
  const { job, kernel, request } = await jobOf(kernelName, options);
  checkRamp(options);
  const assumed = assumedCost(job, kernel);
  if (assumed && !options.quiet) process.stderr.write(`${assumed}\n`);
  const prepared = prepareJobFolder(job.jobId, options.out);

  const { engine: name, stack } = options;
  const start = async (watch: Watch) => (await engine({ stack }))({ ...watch, request, workers });
  return runJob({ job, prepared, engine: name, stack, start }, options);
}

/** A request that travels may say how its fleet is to start on AWS; an option is meant for this run. Throws InvalidInputError. */
function checkRamp({ engine, ramp }: Pick<RunOptions, "engine" | "ramp">): void {
  if (ramp === undefined || engine === "aws") return;
  const expected = `left out on engine ${engine}, which has no fleet to fill`;
  throw new InvalidInputError("--ramp", expected, show(ramp));
}

/** How many at a time. Throws InvalidInputError. */
export function workersOf({ engine, workers: given }: Pick<RunOptions, "engine" | "workers">): number {
  if (given === undefined) return availableParallelism();
  const workers = wholeNumber(given, "--workers", MAX_WORKERS);
  if (engine === "serial" && workers !== 1)
    throw new InvalidInputError("--workers", "1 on engine serial", show(workers));
  if (engine === "aws")
    throw new InvalidInputError(
      "--workers",
      "left out on engine aws, whose fleet the stack caps",
      show(workers),
    );
  return workers;
}
