/** How much work a chunk is, before it is computed: in the kernels' own unit, one iteration of the Mandelbrot kernel. */
import type { InputValue } from "../kernels/declaration.ts";
import type { LoadedKernel } from "../kernels/loaded.ts";
import type { Measured } from "../messages/job-request.ts";

/**
 * What one vCPU does at the very least. The plain kernel makes 2.9e8 on the machine of docs/experiments/balance.md;
 * limits in seconds are kept on a processor a third as fast.
 */
export const WORK_PER_SECOND = 1e8;

/** Even if an estimate is wrong altogether a message must be through before the worker's 60 s are over. */
export const SURE_SECONDS = 40;

/** Taken for an element of a kernel that does not say what its elements cost. */
export const UNKNOWN_WORK = 1000;

/** Encoding and summing up an element. */
const ELEMENT_WORK = 4;
/** Storing and reporting a chunk: S3 answers after 20 ms, and a worker has four stores under way. */
export const CHUNK_WORK = (0.02 / 4) * WORK_PER_SECOND;

/**
 * What one vCPU is expected to do of a kernel that says what its elements cost: the twins in the program do 4.5e8 (double pendulum) and
 * 1.1e9 (Mandelbrot, Julia) on an AMD EPYC. The fleet is ordered by it where nothing was measured; no limit follows from it.
 */
const EXPECTED_WORK_PER_SECOND = 5e8;

/** The work that the machine of docs/experiments/balance.md does in a second: a measured second counts as this much. */
const WORK_PER_MEASURED_SECOND = 2.9e8;
/** Over the dearest cell that was timed: there may be dearer ones. */
const MARGIN = 2;

/** What the cost of a job's cells follows from. */
export interface Costs {
  readonly parameters: Readonly<Record<string, InputValue>>;
  readonly measured?: Measured | undefined;
}

/** The most that one cell can cost. */
export function mostWorkOf({ work }: Pick<LoadedKernel, "work">, { parameters, measured }: Costs): number {
  if (measured) return Math.max(1, MARGIN * WORK_PER_MEASURED_SECOND * measured.mostSeconds);
  return Math.max(1, work?.most(parameters) ?? UNKNOWN_WORK);
}

/** What a cell costs that is like the others. */
export function meanWorkOf(kernel: Pick<LoadedKernel, "work">, costs: Costs): number {
  if (!costs.measured) return mostWorkOf(kernel, costs);
  return Math.max(1, WORK_PER_MEASURED_SECOND * costs.measured.meanSeconds);
}

/** The work of a chunk whose elements cost `meanWork` each. */
export function chunkWork(elements: number, meanWork: number): number {
  return elements * (meanWork + ELEMENT_WORK) + CHUNK_WORK;
}

/**
 * What a vCPU is expected to do of the job's work in a second, beside storing. The assumption for a kernel whose elements' cost is not
 * known stays what callers are told: 10 µs each.
 */
export function expectedRate(
  { work }: Pick<LoadedKernel, "work">,
  { measured, computeSeconds }: Pick<Costs, "measured"> & { readonly computeSeconds?: number | undefined },
  /** All of the job's chunks, storing excluded. */
  units: number,
): number {
  if (computeSeconds !== undefined) return units / computeSeconds;
  if (measured) return WORK_PER_MEASURED_SECOND;
  return work ? EXPECTED_WORK_PER_SECOND : WORK_PER_SECOND;
}
