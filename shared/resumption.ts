/** What the splitter takes in place of a job request: the job of that id is to go on with whatever it lacks. */
import * as v from "valibot";
import { JobIdSchema } from "./job.ts";
import { parse } from "./parse.ts";

const ResumptionSchema = v.strictObject({
  kind: v.literal("resume"),
  version: v.optional(v.literal(1, "1")),
  jobId: JobIdSchema,
  /** Also where another version of manyhands, or of the kernel, began the job. */
  force: v.optional(v.boolean("true or false")),
});
export type Resumption = v.InferOutput<typeof ResumptionSchema>;

export const resumption = (jobId: string, force = false): Resumption => ({
  ...{ kind: "resume", version: 1, jobId },
  ...(force && { force }), // stages of a former version know no such field
});

/** A job request has no `kind`. */
export const isResumption = (event: unknown): boolean =>
  typeof event === "object" && event !== null && Object.hasOwn(event, "kind");

/** Throws InvalidInputError. */
export function parseResumption(event: unknown): Resumption {
  return parse(ResumptionSchema, event, "resume request");
}
