import { describeError, InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import {
  DEFAULT_ENGINE,
  type EngineAsked,
  engineAsked,
  engineNamed,
  remoteMeant,
} from "../engines/engines.ts";
import { PlaceError } from "../remote/place-error.ts";
import type { JobStore } from "./job-store.ts";

/**
 * The jobs among which a command looks: the named engine's; without one, those of this machine if the job is
 * here, else those of a deployment or a Redis. Throws InvalidInputError.
 */
export async function jobsMeant(asked: EngineAsked, isHere: boolean): Promise<JobStore> {
  const engine = engineAsked(asked) ?? (isHere ? engineNamed(DEFAULT_ENGINE) : undefined);
  if (engine) return engine.jobs(asked);
  const jobs = await remoteMeant(asked).jobs(asked);
  return {
    ...jobs,
    withJob: (named, use) =>
      jobs.withJob(named, use).catch((error: unknown) => {
        throw error instanceof PlaceError ? nowhere(named, error, jobs.owner) : error;
      }),
  };
}

/** A user who names no engine may have misspelt a folder, so the sentence begins with that. */
function nowhere(named: string, cause: PlaceError, owner: string): InvalidInputError {
  const error = new InvalidInputError(
    "job",
    "a job's folder, or the id of one below results/",
    `${show(named)}, where there is no job.json`,
    `${owner.replace(/^a/, "A")} could not be asked for it: ${describeError(cause)}`,
  );
  error.cause = cause; // for MANYHANDS_DEBUG
  return error;
}
