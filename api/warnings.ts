/** What is said before a job that takes long, or whose chunks may take longer than a worker has. */
import { elementsIn, layoutOf } from "../shared/array/layout.ts";
import type { LoadedKernel } from "../shared/kernels/loaded.ts";
import { UNKNOWN_WORK, WORK_PER_SECOND } from "../shared/plan/work-units.ts";
import { DEFAULT_WORKERS } from "../shared/plan/workers.ts";
import type { Job } from "../shared/record/job.ts";
import { printable } from "../shared/validation/printable.ts";
import { roughly } from "../shared/validation/roughly.ts";
import { byField, type NameOf } from "./place.ts";

const LIMIT = `longer than a worker's timeout, ${DEFAULT_WORKERS.timeoutSeconds} s on AWS unless it was deployed with another`;

/** What a user should know of a job before it begins, a sentence each. */
export const warningsOf = (job: Job, kernel: LoadedKernel, nameOf = byField): string[] =>
  [longJob(job, nameOf), chunkCost(job, kernel, nameOf)].filter((sentence) => sentence !== undefined);

type Cut = Pick<Job, "measured"> & { readonly spec: Pick<Job["spec"], "chunkShape"> };

/** A sentence where cells were timed and a chunk is long, or where they threw and nothing is known of their cost; undefined where all is well. */
export function chunkCost(
  { spec, measured }: Cut,
  kernel: LoadedKernel,
  nameOf = byField,
): string | undefined {
  const { chunkShape } = spec;
  const chunk = nameOf("chunk");
  const shape = chunkShape.join("x");
  if (measured) {
    const seconds = elementsIn(chunkShape) * measured.meanSeconds;
    if (seconds <= DEFAULT_WORKERS.timeoutSeconds) return undefined;
    if (elementsIn(chunkShape) === 1)
      return `A cell takes about ${rounded(seconds)} s on this machine, ${LIMIT}: engines serial and threads have no such limit.`;
    const share = (DEFAULT_WORKERS.timeoutSeconds / 2 / seconds) ** (1 / chunkShape.length);
    const smaller = chunkShape.map((side) => Math.max(1, Math.floor(side * share))).join("x");
    return `A chunk of ${shape} takes about ${rounded(seconds)} s on this machine, ${LIMIT}: give smaller chunks, ${chunk} ${smaller}, or leave ${chunk} out.`;
  }
  if (kernel.work) return undefined;
  const secondsACell = UNKNOWN_WORK / WORK_PER_SECOND;
  return (
    `What a cell of kernel ${printable(kernel.name)} costs is not known, as those that were timed threw: ${1e6 * secondsACell} µs are assumed, ` +
    `${rounded(elementsIn(chunkShape) * secondsACell)} s for a chunk of ${shape}; give smaller chunks (${chunk}) if one may take ${LIMIT}.`
  );
}

/** A job that takes one core longer than this is no quick one. */
const LONG_SECONDS = 600;

/** A sentence for a job whose cells take one core of this machine long, as far as they were timed. */
function longJob({ spec, measured }: Pick<Job, "spec" | "measured">, nameOf: NameOf): string | undefined {
  const seconds = (measured?.meanSeconds ?? 0) * layoutOf(spec).elements;
  if (seconds < LONG_SECONDS) return undefined;
  return `Its cells take about ${roughly(1000 * seconds)} of one core like this machine's; ${nameOf("points")} makes them fewer.`;
}

const rounded = (seconds: number) => Number(seconds.toPrecision(2));
