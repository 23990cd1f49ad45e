/** How much work a chunk is, before it is computed: in the kernels' own unit, one iteration of the Mandelbrot kernel. */
import type { Kernel } from "../kernels/kernel.ts";

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
const CHUNK_WORK = (0.02 / 4) * WORK_PER_SECOND;

/** The most that one element can cost. */
export function mostWorkOf(kernel: Kernel, parameters: Readonly<Record<string, number>>): number {
  return Math.max(1, kernel.work?.most(parameters) ?? UNKNOWN_WORK);
}

/** The work of a chunk whose elements cost `meanWork` each. */
export function chunkWork(elements: number, meanWork: number): number {
  return elements * (meanWork + ELEMENT_WORK) + CHUNK_WORK;
}
