/** The splitter takes this in place of a job request: the job of that id continues with the chunks that it lacks. */
import * as v from "valibot";
import { KernelHashSchema } from "../array/spec.ts";
import { UploadedSchema } from "../kernels/uploads.ts";
import { whole } from "../validation/numbers.ts";
import { parse } from "../validation/parse.ts";
import { versionedIfGiven } from "../validation/versioned.ts";
import { MAX_ROUND } from "./chunk-message.ts";
import { JobIdSchema } from "./job-id.ts";
import { MaxUsdSchema } from "./job-request.ts";

const ResumptionSchema = versionedIfGiven(1, {
  kind: v.literal("resume"),
  jobId: JobIdSchema,
  /** Continues even if another version of manyhands, or of the kernel, began the job. */
  force: v.optional(v.boolean("true or false")),
  /** The next round as the caller saw it. A cancellation of that round since then is meant for this resumption. */
  round: v.optional(whole(1, MAX_ROUND)),
  /** The kernel's that goes on; the stage's own of that name unless it is said. */
  hash: v.optional(KernelHashSchema),
  /** Where that was uploaded. */
  uploaded: v.optional(UploadedSchema),
  /** What the job may cost from now on (USD), its earlier rounds included. */
  maxUsd: v.optional(MaxUsdSchema),
});
export type Resumption = v.InferOutput<typeof ResumptionSchema>;

/** What a resumption may say beside its job. */
type Told = Partial<Pick<Resumption, "force" | "round" | "hash" | "uploaded" | "maxUsd">>;

/**
 * @example
 * resumption("j1", { maxUsd: 1 });
 */
export const resumption = (
  jobId: string,
  { force, round, hash, uploaded, maxUsd }: { readonly [Name in keyof Told]: Told[Name] | undefined } = {},
): Resumption => ({
  ...{ kind: "resume", version: 1, jobId },
  // Omitted if unset, because stages of a former version do not know these fields.
  ...(force && { force }),
  ...(round !== undefined && { round }),
  ...(hash !== undefined && { hash }),
  ...(uploaded && { uploaded }),
  ...(maxUsd !== undefined && { maxUsd }),
});

/** A job request has no `kind`. */
export const isResumption = (event: unknown): boolean =>
  typeof event === "object" && event !== null && Object.hasOwn(event, "kind");

/** Throws InvalidInputError and NewerVersionError. */
export function parseResumption(event: unknown): Resumption {
  return parse(ResumptionSchema, event, "resume request");
}
