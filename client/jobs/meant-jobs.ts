import { describeError, InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { CloudError } from "../cloud/cloud-errors.ts";
import type { OpenJobs } from "../engines/engine.ts";
import { DEFAULT_ENGINE, DEFAULT_REMOTE_ENGINE, engineNamed } from "../engines/engines.ts";

/**
 * The jobs among which a command looks: the named engine's; without an engine, those of this machine if the job is
 * here, else those of a deployment. Throws InvalidInputError.
 */
export function jobsMeant(engine: string | undefined, isHere: boolean): OpenJobs {
  if (engine !== undefined || isHere) return engineNamed(engine ?? DEFAULT_ENGINE).jobs;
  return async (place) => {
    const jobs = await engineNamed(DEFAULT_REMOTE_ENGINE).jobs(place);
    const withJob: typeof jobs.withJob = (named, use) =>
      jobs.withJob(named, use).catch((error: unknown) => {
        throw error instanceof CloudError ? nowhere(named, error) : error;
      });
    return { ...jobs, withJob };
  };
}

/** A user who names no engine may have misspelt a folder, so the sentence begins with that. */
function nowhere(named: string, cause: CloudError): InvalidInputError {
  const error = new InvalidInputError(
    "job",
    "a job's folder, or the id of one below results/",
    `${show(named)}, where there is no job.json`,
    `A deployment could not be asked for it: ${describeError(cause)}`,
  );
  error.cause = cause; // for MANYHANDS_DEBUG
  return error;
}
