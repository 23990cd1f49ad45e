/** Whether a job waits for the mapping's ramp or has its workers started. Pure. */
import type { Ramp } from "../messages/job-request.ts";
import type { Cap } from "../ports/fleet.ts";
import { MAPPING_RAMP } from "./mapping-ramp.ts";

/**
 * Lambda takes about this many asynchronous invocations a second from one splitter: an assumption, see
 * docs/experiments/ramps.md.
 */
export const INVOKES_PER_SECOND = 500;

/** Less than this is not worth a fleet of cold starts. */
const WORTHWHILE_SECONDS = 3;

/**
 * The work that each started drainer should have: its cold start and its last look at the queue take as long, and are
 * billed.
 */
const SECONDS_PER_DRAINER = 1;

export interface JobSize {
  readonly messages: number;
  /** The work of all messages together, on one worker. */
  readonly workSeconds: number;
}

/** How many workers a splitter is to start: for each message one, but by itself no more than have something to do. */
export function drainersFor(wanted: Ramp, { messages, workSeconds }: JobSize): number {
  return wanted === "burst" ? messages : Math.min(messages, Math.ceil(workSeconds / SECONDS_PER_DRAINER));
}

/**
 * `auto` becomes `burst` if the mapping's ramp would cost clearly more time; without permission to start workers it is
 * always `mapping`.
 */
export function chooseRamp(wanted: Ramp, job: JobSize, cap: Cap): "mapping" | "burst" {
  if (cap.burst === 0) return "mapping";
  if (wanted !== "auto") return wanted;
  const gained = mappingSeconds(job, cap.mapping) - burstSeconds(job, cap);
  return gained >= WORTHWHILE_SECONDS ? "burst" : "mapping";
}

/**
 * What the mapping's growing fleet takes: first + perSecond x t workers at time t, until there is one for each message or
 * as many as there may be.
 */
export function mappingSeconds({ messages, workSeconds }: JobSize, most: number): number {
  const { first, perSecond } = MAPPING_RAMP;
  const workers = Math.max(Math.min(messages, most), 1);
  if (workers <= first) return workSeconds / workers;
  const full = (workers - first) / perSecond;
  const doneByThen = first * full + (perSecond * full ** 2) / 2;
  if (workSeconds > doneByThen) return full + (workSeconds - doneByThen) / workers;
  return (-first + Math.sqrt(first ** 2 + 2 * perSecond * workSeconds)) / perSecond;
}

/** The same for workers that are started one after another, as fast as the splitter asks for them; the mapping's first help. */
export function burstSeconds(size: JobSize, cap: Cap): number {
  return startedFor(size, cap) / INVOKES_PER_SECOND + size.workSeconds / Math.max(burstWorkers(size, cap), 1);
}

/** How many workers a burst has. */
export function burstWorkers(size: JobSize, cap: Cap): number {
  return Math.min(size.messages, startedFor(size, cap) + Math.min(cap.mapping, MAPPING_RAMP.first));
}

export const startedFor = (size: JobSize, { burst }: Cap) => Math.min(drainersFor("auto", size), burst);
