import * as v from "valibot";
import { JobIdSchema } from "../../shared/messages/job-id.ts";
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
    withJob: async (named, use) => {
      if (!v.is(JobIdSchema, named)) throw nowhere(named);
      return jobs.withJob(named, use).catch((error: unknown) => {
        if (!(error instanceof PlaceError)) throw error;
        const asked = `${jobs.owner.replace(/^a/, "A")} could not be asked for it: ${describeError(error)}`;
        throw Object.assign(nowhere(named, asked), { cause: error }); // for MANYHANDS_DEBUG
      });
    },
  };
}

/** A user who names no engine may have misspelt a folder, so the sentence begins with that. */
const nowhere = (named: string, hint?: string) =>
  new InvalidInputError(
    "job",
    "a job's folder, or the id of one below results/",
    `${show(named)}, where there is no readable job.json`,
    hint,
  );
