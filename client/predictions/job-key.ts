import { createHash } from "node:crypto";
import type { Job } from "../../shared/record/job.ts";

/** The same for jobs that compute and draw the same, whatever they are called and however timing of their cells had them cut. */
export function jobKey({ spec, output, items }: Pick<Job, "spec" | "output" | "items">): string {
  const { chunkShape, ...computed } = spec;
  return createHash("sha256")
    .update(JSON.stringify([computed, output, items?.sha256]))
    .digest("hex")
    .slice(0, 16);
}
