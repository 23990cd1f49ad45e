import type { OpenJobs } from "../engines/engine.ts";
import { DEFAULT_ENGINE, DEFAULT_REMOTE_ENGINE, engineNamed } from "../engines/engines.ts";

/**
 * The jobs among which a command looks: the named engine's; without an engine, those of this machine if the job is
 * here, else those of a deployment. Throws InvalidInputError.
 */
export function jobsMeant(engine: string | undefined, isHere: boolean): OpenJobs {
  return engineNamed(engine ?? (isHere ? DEFAULT_ENGINE : DEFAULT_REMOTE_ENGINE)).jobs;
}
