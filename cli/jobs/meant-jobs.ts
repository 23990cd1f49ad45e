import type { OpenJobs } from "../engines/engine.ts";
import { DEFAULT_ENGINE, DEFAULT_REMOTE_ENGINE, engineNamed } from "../engines/engines.ts";

/** Where a command looks for a job: where the engine's lie; without one, here where the job is, else elsewhere. Throws InvalidInputError. */
export function jobsMeant(engine: string | undefined, isHere: boolean): OpenJobs {
  return engineNamed(engine ?? (isHere ? DEFAULT_ENGINE : DEFAULT_REMOTE_ENGINE)).jobs;
}
