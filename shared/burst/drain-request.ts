/** What a worker is invoked with that is to take messages from the queue itself. */
import * as v from "valibot";
import { JobIdSchema } from "../messages/job-id.ts";
import { parse } from "../validation/parse.ts";
import { versioned } from "../validation/versioned.ts";
import type { Group } from "./claim-keys.ts";

/**
 * A drainer whose time is up invokes the next generation: with a timeout of 60 s, for more than five hours. There are
 * two other brakes: a drainer that received no message, or has no claim, invokes no successor. So removing
 * `drainers/<job id>/` ends all drainers within a timeout. Lambda would stop a chain after 16 if it saw one, by a
 * header that SDKs pass on and our client does not; the stack says that the chain is meant.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
export const LAST_GENERATION = 500;

const DrainRequestSchema = versioned(1, {
  kind: v.literal("drain", '"drain"'),
  /** Whose splitter started it; it works on any job's messages. */
  jobId: JobIdSchema,
  /** The drainers that were started with it: they have a claim together. */
  group: v.pipe(v.string("a name"), v.regex(/^[A-Za-z0-9-]{1,64}$/, "1 to 64 letters, digits and hyphens")),
  /** 1 for those that the splitter started. */
  generation: v.pipe(
    v.number("a whole number"),
    v.integer("a whole number"),
    v.minValue(1, "at least 1"),
    v.maxValue(LAST_GENERATION, `at most ${LAST_GENERATION}`),
  ),
  /** Whether it waits for a last message, and then ends the group's claim. One of a group does; all that a former version started. */
  isKeeper: v.optional(v.boolean("true or false"), true),
});
export type DrainRequest = v.InferOutput<typeof DrainRequestSchema>;

export function drainRequest({ jobId, group }: Group, generation: number, isKeeper: boolean): DrainRequest {
  return { kind: "drain", version: 1, jobId, group, generation, isKeeper };
}

/** Throws InvalidInputError naming the field, and NewerVersionError. */
export function parseDrainRequest(event: unknown): DrainRequest {
  return parse(DrainRequestSchema, event, "drain request");
}
