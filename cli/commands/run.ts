import { availableParallelism } from "node:os";
import type { Engine, Watch } from "../../client/engines/engine.ts";
import { engineNamed, MOST_WORKERS } from "../../client/engines/engines.ts";
import { prepareJobFolder } from "../../client/job-folder/folder.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { jobOf, type NewJobOptions } from "../request/new-job.ts";
import { wholeNumber } from "../request/numbers.ts";
import { chunkCost, longJob } from "./chunk-cost.ts";
import { runJob, type Verbosity } from "./run-job.ts";

export interface RunOptions extends NewJobOptions, Verbosity {
  readonly engine: string;
  readonly stack: string;
  readonly workers?: string;
  readonly out?: string;
}

/** `manyhands run`: everything is checked before anything starts. Returns the exit code. */
export async function run(kernelName: string | undefined, options: RunOptions): Promise<number> {
  const engine = engineNamed(options.engine);
  const workers = workersOf(engine, options.workers);
  const { job, kernel, request } = await jobOf(kernelName, options);
  checkRamp(engine, options.ramp);
  const warnings = options.quiet ? [] : [longJob(job), chunkCost(job, kernel)];
  for (const warning of warnings) if (warning) process.stderr.write(`${warning}\n`);
  const prepared = prepareJobFolder(job.jobId, options.out);

  const { stack } = options;
  const start = async (watch: Watch) => (await engine.load({ stack }))({ ...watch, request, workers });
  return runJob({ job, prepared, engine, stack, start }, options);
}

/** A request that travels may say how its fleet is to start on AWS; an option is meant for this run. Throws InvalidInputError. */
export function checkRamp({ name, hasRamp }: Engine, ramp: string | undefined): void {
  if (ramp === undefined || hasRamp) return;
  const expected = `left out on engine ${name}, which has no fleet to fill`;
  throw new InvalidInputError("--ramp", expected, show(ramp));
}

/** How many at a time. Throws InvalidInputError. */
export function workersOf({ name, workers: declared }: Engine, given: string | undefined): number {
  if (given === undefined) return availableParallelism();
  const workers = wholeNumber(given, "--workers", MOST_WORKERS);
  if ("setBy" in declared) {
    const expected = `left out on engine ${name}, ${declared.setBy}`;
    throw new InvalidInputError("--workers", expected, show(workers));
  }
  const { most } = declared;
  if (workers <= most) return workers;
  const expected = most === 1 ? "1" : `a whole number from 1 to ${most}`;
  throw new InvalidInputError("--workers", `${expected} on engine ${name}`, show(workers));
}
