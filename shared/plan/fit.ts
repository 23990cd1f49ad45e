/** Whether a worker can be through with a chunk before its timeout. Pure. */
import { elementsIn, layoutOf } from "../array/layout.ts";
import { BEFORE_ITEMS_MS, type Items, RESERVED_ITEM_MS } from "../messages/job-request.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { cheapestWork } from "./estimate.ts";
import type { RoundPlan } from "./plan.ts";
import { chunkWork, mostWorkOf } from "./work-units.ts";
import { threadRate, vcpusOfThread, type Workers } from "./workers.ts";

/** Twice what the fastest twin was seen to do: the double pendulum's takes 9.8 s for 48 s by the stated rate. */
const FASTEST_OVER_STATED = 10;
/** For a measured cell: work units are stated at a third of the measuring machine's rate, and a worker may be twice as fast. */
const FASTEST_OVER_MEASURED = 6;
/** A worker may be twice as fast as the machine that computed parts of the job's own chunks. */
const FASTEST_OVER_COMPUTED = 2;
/** The share of the timeout, by the estimate, that a proposed chunk takes. */
const PROPOSED_SHARE = 0.5;

/**
 * Refuses a plan: throws InvalidInputError where not one of the job's whole chunks can be computed within the timeout: each would be killed
 * five times, for nothing. Only what is sure is refused: by the coarse run, on a processor faster than any that was seen; where the request
 * says what all cells take, on one that is twice as fast.
 * The plan passes unjudged where the kernel does not say what its elements cost, and where they may be so dear that the coarse run, which
 * has half a second, could not compute 16 of them.
 */
export function expectToFit({ job, kernel, workers }: RoundPlan): void {
  const { spec, measured, computeSeconds, items } = job;
  if (items) {
    expectItemToFit(items, workers);
    return;
  }
  const { chunkShape } = spec;
  const costs = { ...spec, measured };
  const { memoryMb, timeoutSeconds } = workers;
  const elements = elementsIn(chunkShape);
  const statedSeconds = (meanWork: number) => chunkWork(elements, meanWork) / threadRate(memoryMb);
  const fastest = measured ? FASTEST_OVER_MEASURED : FASTEST_OVER_STATED;
  // The coarse run takes a while; hardly any job needs it.
  if (!(kernel.work || measured)) return;
  if (statedSeconds(mostWorkOf(kernel, costs)) / fastest <= timeoutSeconds) return;
  const work = cheapestWork(costs, kernel);
  if (!work) return;
  const { cheapest, mean } = work;
  const [seconds, least] =
    computeSeconds === undefined
      ? [statedSeconds(cheapest), statedSeconds(cheapest) / fastest]
      : seenSeconds((computeSeconds * elements * (cheapest / mean)) / layoutOf(spec).elements, memoryMb);
  if (least <= timeoutSeconds) return;
  const side = ((PROPOSED_SHARE * timeoutSeconds) / seconds) ** (1 / chunkShape.length);
  const smaller = chunkShape.map((length) => Math.max(1, Math.floor(length * side)));
  throw new InvalidInputError(
    "chunk",
    `small enough to be computed within the worker's timeout of ${timeoutSeconds} s`,
    `${chunkShape.join(" x ")}, estimated at ${Math.ceil(least)} to ${Math.ceil(seconds)} s each`,
    `Give smaller chunks: --chunk ${smaller.join("x")}, say.`,
  );
}

/** What a worker takes, as long as a core of the machine that computed parts of the chunks, and at the least. */
function seenSeconds(onACore: number, memoryMb: number): [number, number] {
  const seconds = onACore / vcpusOfThread(memoryMb);
  return [seconds, seconds / FASTEST_OVER_COMPUTED];
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
