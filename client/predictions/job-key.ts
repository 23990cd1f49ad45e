import { createHash } from "node:crypto";
import type { Job } from "../../shared/record/job.ts";

/** The same for jobs that compute and draw the same, whatever they are called and however timing of their cells had them cut. */
export function jobKey({ spec, output, items }: Pick<Job, "spec" | "output" | "items">): string {
  const { chunkShape, ...computed } = spec;
  return keyOf([computed, output, items?.sha256]);
}

/** The same for jobs whose cells are the same, however they are drawn. */
export function cellsKey({ chunkShape, ...computed }: Job["spec"]): string {
  return keyOf([computed]);
}

function keyOf(parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}
