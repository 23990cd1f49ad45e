/** A warning before a job whose time cannot be estimated. */
import { elementsIn } from "../../shared/array/layout.ts";
import type { Kernel } from "../../shared/kernels/kernel.ts";
import { UNKNOWN_WORK, WORK_PER_SECOND } from "../../shared/plan/work-units.ts";
import { DEFAULT_WORKERS } from "../../shared/plan/workers.ts";
import type { Job } from "../../shared/record/job.ts";
import { printable } from "../../shared/validation/printable.ts";

/** A sentence for a kernel that does not know the cost of a point: the seconds per chunk are then an assumption. */
export function assumedCost({ spec }: Pick<Job, "spec">, kernel: Kernel): string | undefined {
  if (kernel.work) return undefined;
  const secondsAPoint = UNKNOWN_WORK / WORK_PER_SECOND;
  const seconds = elementsIn(spec.chunkShape) * secondsAPoint;
  return (
    `Kernel ${printable(kernel.name)} does not say what a point costs (\`work\`): ${1e6 * secondsAPoint} µs are assumed, ` +
    `${Number(seconds.toPrecision(2))} s for a chunk of ${spec.chunkShape.join("x")}; give smaller chunks (--chunk) if one may take ` +
    `longer than the worker's timeout, ${DEFAULT_WORKERS.timeoutSeconds} s on AWS unless it was deployed with another.`
  );
}
