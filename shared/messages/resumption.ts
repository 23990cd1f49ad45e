/** What the splitter takes in place of a job request: the job of that id is to go on with whatever it lacks. */
import * as v from "valibot";
import { whole } from "../validation/numbers.ts";
import { parse } from "../validation/parse.ts";
import { versionedIfGiven } from "../validation/versioned.ts";
import { MAX_ROUND } from "./chunk-message.ts";
import { JobIdSchema } from "./job-id.ts";

const ResumptionSchema = versionedIfGiven(1, {
  kind: v.literal("resume"),
  jobId: JobIdSchema,
  /** Also where another version of manyhands, or of the kernel, began the job. */
  force: v.optional(v.boolean("true or false")),
  /** The round that was the next one when this began, for whoever looked: a cancellation of it since then is meant for this. */
  round: v.optional(whole(1, MAX_ROUND)),
});
export type Resumption = v.InferOutput<typeof ResumptionSchema>;

export const resumption = (jobId: string, force = false, round?: number): Resumption => ({
  ...{ kind: "resume", version: 1, jobId },
  // Stages of a former version know no such fields.
  ...(force && { force }),
  ...(round !== undefined && { round }),
});

/** A job request has no `kind`. */
export const isResumption = (event: unknown): boolean =>
  typeof event === "object" && event !== null && Object.hasOwn(event, "kind");

/** Throws InvalidInputError and NewerVersionError. */
export function parseResumption(event: unknown): Resumption {
  return parse(ResumptionSchema, event, "resume request");
}
