/** From which size on a kernel's job is sooner done by a deployment than by this machine. Pure. */
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import type { SimulatedJob } from "./jobs.ts";
import type { Field } from "./recording.ts";
import { autoCut, type Cut, hereSeconds, onDeployment } from "./simulated.ts";

export interface Leaving {
  readonly points: readonly number[];
  /** On one core. */
  readonly computeSeconds: number;
  readonly hereSeconds: number;
  readonly there: ReturnType<typeof onDeployment>;
}

/** Of the points along each axis: all of the job's become 1.4 times as many. */
const STEP = 2 ** 0.25;
const MOST_STEPS = 40;
/** Sooner no deployment is through. */
const LEAST_SECONDS = 1;

/** The job with fewer or more points along each axis: the first ones that the default deployment has done that many `times` as soon. */
export function leavingAt(
  kernel: LoadedKernel,
  job: SimulatedJob,
  field: Field,
  times: readonly number[],
): Map<number, Leaving> {
  const found = new Map<number, Leaving>();
  const least = job.parts.reduce((share, count, axis) => Math.max(share, count / job.points[axis]!), 0);
  for (let step = 0; step < MOST_STEPS && found.size < times.length; step++) {
    const points = job.points.map((count) => Math.round(count * least * STEP ** step));
    const cut = cutWith(kernel, { ...job, points }, field);
    if (!cut) break;
    const here = hereSeconds(cut);
    if (here < LEAST_SECONDS) continue;
    const there = onDeployment(cut);
    const leaving = { points, computeSeconds: cut.cost.seconds.expected, hereSeconds: here, there };
    for (const each of times)
      if (!found.has(each) && each * there.seconds.expected <= here) found.set(each, leaving);
  }
  return found;
}

/** Undefined for an array beyond the limits. */
function cutWith(kernel: LoadedKernel, job: SimulatedJob, field: Field): Cut | undefined {
  try {
    return autoCut(kernel, job, field);
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}
