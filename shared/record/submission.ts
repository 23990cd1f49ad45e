import * as v from "valibot";
import { RoundSchema } from "../messages/chunk-message.ts";
import { JobIdSchema } from "../messages/job-id.ts";
import { count, finite, milliseconds } from "../validation/numbers.ts";
import { versioned } from "../validation/versioned.ts";
import { PlanSchema } from "./plan.ts";

/** `submitted.json`: written after the last message of a job, or of a later round of it, was sent, and what the splitter answers. */
export const SubmissionSchema = versioned(1, {
  jobId: JobIdSchema,
  /** How many chunks the messages ask for: in a later round, those that were missing. */
  chunks: count,
  messages: count,
  /** Since the epoch, taken before the first message was sent. */
  submittedAtMs: milliseconds,
  /** What `auto` came to, and how many workers the splitter started; absent where no one chose yet. */
  ramp: v.optional(v.picklist(["mapping", "burst"]), "mapping"),
  drainers: v.optional(count, 0),
  /** 0, and a higher one each time the job is resumed. */
  round: RoundSchema,
  /** What the heaviest message should take, by its estimated work. */
  longestMs: v.optional(finite, 0),
  /** What the splitter expected of the round; absent where nothing was to be sent, or before there were plans. */
  plan: v.optional(PlanSchema),
});
export type Submission = v.InferOutput<typeof SubmissionSchema>;
