/** Whether a job waits for the mapping's ramp or has its workers started. Pure. */
import type { Ramp } from "../messages/job-request.ts";
import type { Cap } from "../ports/fleet.ts";
import { kneeOf } from "./knee.ts";
import { MAPPING_RAMP } from "./mapping-ramp.ts";

/**
 * Lambda takes about this many asynchronous invocations a second from one splitter: an assumption, see
 * docs/experiments/ramps.md.
 */
export const INVOKES_PER_SECOND = 500;

/** Less than this is not worth a fleet of cold starts, a fifth of a second each, and its claims. */
const WORTHWHILE_SECONDS = 1;

/**
 * What a job takes beside its workers' messages, however many workers there are: the splitter, a worker's start, the last batch of
 * reports, the aggregator and its pictures, as predict-deployed.ts has them for a job of some hundred messages.
 */
const BESIDE_SECONDS = 2.5;
/** What a worker costs that a splitter starts, whatever it works, in its own seconds: its start, its claim and its last looks. */
const STARTED_SECONDS = 0.25;
/** Fleets that are weighed are apart by this share. */
const FLEET_STEP = 0.05;

export interface JobSize {
  readonly messages: number;
  /** What all messages are expected to take together on one worker. */
  readonly workSeconds: number;
  /** What the heaviest is expected to take, which no fleet makes shorter. */
  readonly heaviestSeconds: number;
}

/**
 * How many workers a splitter is to start. `burst` asks for one for each message, which the cap may bound; by itself it starts those at
 * the knee of time and cost. Requests cost the same for each fleet and are left out, so that it is rather too small.
 */
export function drainersFor(wanted: Ramp, size: JobSize, cap: Cap): number {
  if (wanted === "burst") return size.messages;
  return kneeOf(
    fleetsUpTo(Math.min(size.messages, cap.burst)),
    (drainers) => BESIDE_SECONDS + burstSeconds(size, cap, drainers),
    (drainers) => size.workSeconds + STARTED_SECONDS * drainers,
  );
}

function fleetsUpTo(most: number): number[] {
  const fleets: number[] = [];
  for (let fleet = 1; fleet < most; fleet += Math.max(1, Math.floor(FLEET_STEP * fleet))) fleets.push(fleet);
  return [...fleets, most];
}

/** How many workers a job has at a time: where a splitter starts any, few of the mapping's come before they are through. */
export function fleetOf({ messages }: Pick<JobSize, "messages">, { mapping }: Cap, drainers: number): number {
  return Math.min(messages, drainers > 0 ? drainers + Math.min(mapping, MAPPING_RAMP.first) : mapping);
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
export function mappingSeconds(
  { messages, workSeconds }: Pick<JobSize, "messages" | "workSeconds">,
  most: number,
): number {
  const { first, perSecond } = MAPPING_RAMP;
  const workers = Math.max(Math.min(messages, most), 1);
  if (workers <= first) return workSeconds / workers;
  const full = (workers - first) / perSecond;
  const doneByThen = first * full + (perSecond * full ** 2) / 2;
  if (workSeconds > doneByThen) return full + (workSeconds - doneByThen) / workers;
  return (-first + Math.sqrt(first ** 2 + 2 * perSecond * workSeconds)) / perSecond;
}

/** The same for workers that are started one after another, as fast as the splitter asks for them; the mapping's first help. */
export function burstSeconds(size: JobSize, cap: Cap, drainers = drainersFor("auto", size, cap)): number {
  const shared = size.workSeconds / Math.max(fleetOf(size, cap, drainers), 1);
  return drainers / INVOKES_PER_SECOND + Math.max(shared, size.heaviestSeconds);
}
