import * as v from "valibot";
import { RoundSchema } from "../messages/chunk-message.ts";
import { JobIdSchema } from "../messages/job-id.ts";
import { count, finite, milliseconds } from "../validation/numbers.ts";
import { versioned } from "../validation/versioned.ts";
import { PlanSchema } from "./plan.ts";

/**
 * `submitted.json`: written after the last message of a job, or of a later round, was sent; also the splitter's answer.
 */
export const SubmissionSchema = versioned(1, {
  jobId: JobIdSchema,
  /** The number of chunks in the messages: in a later round, those that were missing. */
  chunks: count,
  messages: count,
  /** Since the epoch, taken before the first message was sent. */
  submittedAtMs: milliseconds,
  /**
   * `ramp` is the choice that `auto` resolved to, `drainers` the number of workers that the splitter started. Both are
   * absent in jobs of versions without a choice.
   */
  ramp: v.optional(v.picklist(["mapping", "burst"]), "mapping"),
  drainers: v.optional(count, 0),
  /** 0 at first, and one more each time the job is resumed. */
  round: RoundSchema,
  /** The heaviest message's time by its estimated work. */
  longestMs: v.optional(finite, 0),
  /** What the splitter expected of the round; absent where nothing was to be sent, or before there were plans. */
  plan: v.optional(PlanSchema),
});
export type Submission = v.InferOutput<typeof SubmissionSchema>;
