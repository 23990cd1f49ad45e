/** Whether a job waits for the mapping's ramp or has its workers started. Pure. */
import type { Ramp } from "../../shared/job.ts";
import { MAPPING_RAMP } from "../../shared/ramp.ts";

/** Lambda takes about so many asynchronous invocations a second from one splitter: an assumption, see docs/experiments/ramps.md. */
export const INVOKES_PER_SECOND = 500;

/** Less than this is not worth a fleet of cold starts. */
const WORTHWHILE_SECONDS = 3;

export interface JobSize {
  readonly messages: number;
  /** Of all its messages together, on one worker. */
  readonly workSeconds: number;
}

/** `auto` is `burst` where the mapping's ramp would cost clearly more time; where none may be started nothing is. */
export function chooseRamp(wanted: Ramp, job: JobSize, burstConcurrency: number): "mapping" | "burst" {
  if (burstConcurrency === 0) return "mapping";
  if (wanted !== "auto") return wanted;
  const gained = mappingSeconds(job) - burstSeconds(job, burstConcurrency);
  return gained >= WORTHWHILE_SECONDS ? "burst" : "mapping";
}

/**
 * What the mapping's growing fleet takes. There are first + perSecond x t workers at time t, so many that t² of their
 * work is done, and as many as messages once there are enough.
 */
export function mappingSeconds({ messages, workSeconds }: JobSize): number {
  const { first, perSecond } = MAPPING_RAMP;
  if (messages <= first) return workSeconds / Math.max(messages, 1);
  const full = (messages - first) / perSecond;
  const doneByThen = first * full + (perSecond * full ** 2) / 2;
  if (workSeconds > doneByThen) return full + (workSeconds - doneByThen) / messages;
  return (-first + Math.sqrt(first ** 2 + 2 * perSecond * workSeconds)) / perSecond;
}

/** The same for workers that are started one after another, as fast as the splitter asks for them. */
export function burstSeconds({ messages, workSeconds }: JobSize, burstConcurrency: number): number {
  const workers = Math.max(Math.min(messages, burstConcurrency), 1);
  return workers / INVOKES_PER_SECOND + workSeconds / workers;
}
