/** A warning before a job whose time cannot be estimated. */
import { elementsIn } from "../../shared/array/layout.ts";
import type { LoadedKernel } from "../../shared/kernels/loaded.ts";
import { UNKNOWN_WORK, WORK_PER_SECOND } from "../../shared/plan/work-units.ts";
import { DEFAULT_WORKERS } from "../../shared/plan/workers.ts";
import type { Job } from "../../shared/record/job.ts";
import { printable } from "../../shared/validation/printable.ts";

/** A sentence for a kernel whose cost is not known: the seconds per chunk are then an assumption. */
export function assumedCost(
  { spec, measured }: Pick<Job, "spec" | "measured">,
  kernel: LoadedKernel,
): string | undefined {
  if (kernel.work || measured) return undefined;
  const secondsACell = UNKNOWN_WORK / WORK_PER_SECOND;
  const seconds = elementsIn(spec.chunkShape) * secondsACell;
  return (
    `What a cell of kernel ${printable(kernel.name)} costs is not known: ${1e6 * secondsACell} µs are assumed, ` +
    `${Number(seconds.toPrecision(2))} s for a chunk of ${spec.chunkShape.join("x")}; give smaller chunks (--chunk) if one may take ` +
    `longer than the worker's timeout, ${DEFAULT_WORKERS.timeoutSeconds} s on AWS unless it was deployed with another.`
  );
}
