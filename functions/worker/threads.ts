/** Whether a worker has threads. `node:worker_threads` is not loaded for that: with one vCPU, the default, it would be 2 ms of each cold start. */

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const MB_PER_VCPU = 1769;
/** Of a vCPU: for less no further thread is started, which would only take its turns from the others. */
const WORTH_A_THREAD = 0.1;

/**
 * One for each vCPU that Lambda gives to the function's memory, a fraction of one included: two threads share 1.7
 * vCPUs, where one could use only 1. Without a memory setting, as in local slots, it is one.
 */
export function threadsFor({ memoryLimitInMB }: { readonly memoryLimitInMB?: string }): number {
  return Math.max(1, Math.ceil(Number(memoryLimitInMB ?? MB_PER_VCPU) / MB_PER_VCPU - WORTH_A_THREAD));
}
