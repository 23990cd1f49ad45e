/** Whether a worker can be through with a chunk before its timeout. Pure. */
import { elementsIn } from "../array/layout.ts";
import { BEFORE_ITEMS_MS, type Items, RESERVED_ITEM_MS } from "../messages/job-request.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { cheapestWork } from "./estimate.ts";
import type { RoundPlan } from "./plan.ts";
import { chunkWork, mostWorkOf } from "./work-units.ts";
import { threadRate, type Workers } from "./workers.ts";

/** Twice what the fastest twin was seen to do: the double pendulum's takes 9.8 s for 48 s by the stated rate. */
const FASTEST_OVER_STATED = 10;
/** For a measured cell: work units are stated at a third of the measuring machine's rate, and a worker may be twice as fast. */
const FASTEST_OVER_MEASURED = 6;
/** The share of the timeout, by the stated rate, that a proposed chunk takes. */
const PROPOSED_SHARE = 0.5;

/**
 * Refuses a plan: throws InvalidInputError where not one of the job's whole chunks can be computed within the timeout: each would be killed
 * five times, for nothing. Only what is sure is refused: by the coarse run, and on a processor faster than any that was seen.
 * The plan passes unjudged where the kernel does not say what its elements cost, and where they may be so dear that the coarse run, which
 * has half a second, could not compute 16 of them.
 */
export function expectToFit({ job: { spec, measured, items }, kernel, workers }: RoundPlan): void {
  if (items) {
    expectItemToFit(items, workers);
    return;
  }
  const { chunkShape } = spec;
  const costs = { ...spec, measured };
  const { memoryMb, timeoutSeconds } = workers;
  const statedSeconds = (meanWork: number) =>
    chunkWork(elementsIn(chunkShape), meanWork) / threadRate(memoryMb);
  const fastest = measured ? FASTEST_OVER_MEASURED : FASTEST_OVER_STATED;
  const fits = (meanWork: number) => statedSeconds(meanWork) / fastest <= timeoutSeconds;
  // The coarse run takes a while; hardly any job needs it.
  if (!(kernel.work || measured) || fits(mostWorkOf(kernel, costs))) return;
  const meanWork = cheapestWork(costs, kernel);
  if (meanWork === undefined || fits(meanWork)) return;
  const seconds = statedSeconds(meanWork);
  const share = ((PROPOSED_SHARE * timeoutSeconds) / seconds) ** (1 / chunkShape.length);
  const smaller = chunkShape.map((side) => Math.max(1, Math.floor(side * share)));
  throw new InvalidInputError(
    "chunk",
    `small enough to be computed within the worker's timeout of ${timeoutSeconds} s`,
    `${chunkShape.join(" x ")}, estimated at ${Math.ceil(seconds / fastest)} to ${Math.ceil(seconds)} s each`,
    `Give smaller chunks: --chunk ${smaller.join("x")}, say.`,
  );
}

/** A shard may take several workers one after the other; an item may not. */
function expectItemToFit({ seconds }: Items, { timeoutSeconds }: Workers): void {
  const most = Math.max(0, timeoutSeconds - (BEFORE_ITEMS_MS + RESERVED_ITEM_MS) / 1000);
  if (seconds <= most) return;
  throw new InvalidInputError(
    "items.seconds",
    `at most ${most}, within the worker's timeout of ${timeoutSeconds} s`,
    `${seconds}`,
    "Give --item-seconds, or deploy with a longer timeout.",
  );
}
