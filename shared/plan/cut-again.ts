/** The same job in other chunks. Pure. */
import { arrayShape } from "../array/grid.ts";
import { chunkExcess } from "../array/job-limits.ts";
import { cellBytes } from "../array/spec.ts";
import type { Job } from "../record/job.ts";

/** With sides `times` as long, as far as the array goes; undefined where the limits of chunks do not allow that, and for a task. */
export function cutAgain(job: Job, times: number): Job | undefined {
  const { spec } = job;
  if (job.items) return undefined;
  const shape = arrayShape(spec);
  const chunkShape = spec.chunkShape.map((side, axis) =>
    Math.min(Math.max(1, Math.round(side * times)), shape[axis]!),
  );
  if (chunkExcess(shape, cellBytes(spec), chunkShape)) return undefined;
  return { ...job, spec: { ...spec, chunkShape } };
}
