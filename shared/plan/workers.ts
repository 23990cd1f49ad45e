/** What one worker can do, by the settings it was deployed with. */
import { WORK_PER_SECOND } from "./work-units.ts";

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
export const MB_PER_VCPU = 1769;
/** In vCPUs: for a smaller rest no further thread is started, because it would only take time from the others. */
const WORTH_A_THREAD = 0.1;

/** What each of several threads gains, on cores that share: two gained 1.62 on an AMD EPYC with 2 shared cores (2026-11-28). */
export const SHARED_CORES = 0.81;

export interface Workers {
  /** Their share of a processor follows from it. */
  readonly memoryMb: number;
  /** For one message. */
  readonly timeoutSeconds: number;
}

/** The defaults of infra/settings.ts. */
export const DEFAULT_WORKERS: Workers = Object.freeze({ memoryMb: MB_PER_VCPU, timeoutSeconds: 60 });

/**
 * One thread for each vCPU that Lambda gives to the function's memory, and one for a fraction: two threads share 1.7
 * vCPUs, of which one thread could use only 1.
 * @example
 * threadsFor(1769); // 1
 * threadsFor(3008); // 2
 */
export function threadsFor(memoryMb: number): number {
  return Math.max(1, Math.ceil(memoryMb / MB_PER_VCPU - WORTH_A_THREAD));
}

/** The work that one of its threads does in a second, at the stated rate of a vCPU. */
export function threadRate(memoryMb: number): number {
  return WORK_PER_SECOND * vcpusOfThread(memoryMb);
}

/** The share of a vCPU that one of its threads has. */
export function vcpusOfThread(memoryMb: number): number {
  return Math.min(1, memoryMb / MB_PER_VCPU / threadsFor(memoryMb));
}
