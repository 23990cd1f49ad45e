/** What a job's chunks take on a core of this machine, told from some cells of each. */
import { pointsOf } from "../../shared/array/grid.ts";
import { elementsIn, layoutOf } from "../../shared/array/layout.ts";
import type { JobSpec } from "../../shared/array/spec.ts";
import { makeArray } from "../../shared/kernels/dtype.ts";
import type { LoadedKernel } from "../../shared/kernels/loaded.ts";
import { type Range, Z_80 } from "../../shared/plan/ranges.ts";
import { mostWorkOf, WORK_PER_SECOND } from "../../shared/plan/work-units.ts";
import { type Clock, systemClock } from "../../shared/ports/clock.ts";
import type { Job } from "../../shared/record/job.ts";

/** The array whose chunks are timed. */
export type TimedArray = Pick<JobSpec, "parameters" | "axes" | "seed" | "values" | "chunkShape"> &
  Pick<Job, "measured">;

/** Chunks that are visited in a round; of more, as many are spread over the array. */
const MOST_CHUNKS = 4_000;
/** A piece that takes less is lengthened: a call has a cost of its own. */
const SHORT_MS = 2;
/** A piece that would take longer if each of its cells cost the most, at the stated rate: it is kept shorter. */
const LONG_SECONDS = 0.2;
/** Twins compute neighbours together. */
const LEAST_RUN = 4;
const MOST_RUN = 16_384;
/** Until then the engine compiles what it interprets at first. */
const WARM_MS = 20;
/** It ends before its budget is spent where this much time has shown the whole within this relative error. */
const ENOUGH = { ms: 150, error: 0.03 };
const GOLDEN = 0.6180339887498949;

interface ChunkTimingOptions {
  readonly told?: (soFar: Range) => void;
  readonly clock?: Pick<Clock, "monotonicMs" | "cpuMs">;
}

/**
 * Computes some rows of every chunk, or a piece of one, others in each round, until `budgetMs` is over, and tells CPU seconds of the whole array
 * after each round. The interval is of the sampling alone. Undefined where each piece throws.
 */
export function timeChunks(
  kernel: LoadedKernel,
  array: TimedArray,
  budgetMs: number,
  { told, clock = systemClock }: ChunkTimingOptions = {},
): Range | undefined {
  const layout = layoutOf(array);
  const visited = Math.min(layout.total, MOST_CHUNKS);
  const dearest = Math.floor((LONG_SECONDS * WORK_PER_SECOND) / mostWorkOf(kernel, array));
  const longest = Math.min(Math.max(dearest, LEAST_RUN), MOST_RUN);
  const compute = kernel.fast ?? kernel.compute;
  const began = { ms: clock.monotonicMs(), cpuMs: clock.cpuMs() };
  const spentMs = () => clock.monotonicMs() - began.ms;
  let costs = new Costs();
  let run = Math.min(LEAST_RUN, longest);
  let isWarm = false;
  let visits = 0;
  const shareOfProcessor = () => Math.min(1, (clock.cpuMs() - began.cpuMs) / spentMs());
  const known = () => costs.of(layout.elements, shareOfProcessor());
  while (spentMs() < budgetMs && !(spentMs() > ENOUGH.ms && isWarm && costs.error < ENOUGH.error)) {
    // A step that is prime to a round's length would do; the golden ratio spreads any number evenly.
    const place = (visits * GOLDEN) % 1;
    const chunk = layout.chunk(Math.floor(place * layout.total));
    const round = Math.floor(visits / visited);
    const piece = pieceOf(chunk.shape, run);
    const inside = (axis: number) => ((visits + 1) * GOLDEN * (axis + 2) + round * Math.SQRT2) % 1;
    const from = chunk.shape.map(
      (side, axis) => chunk.from[axis]! + Math.floor(inside(axis) * (side - piece[axis]! + 1)),
    );
    const axes = array.axes.map((axis, at) => ({
      input: axis.input ?? "",
      values: pointsOf(axis, from[at]!, from[at]! + piece[at]!),
    }));
    const length = elementsIn(piece);
    const out = array.values.map(({ dtype }) => makeArray(dtype, length));
    visits++;
    const fromMs = clock.monotonicMs();
    try {
      compute({ parameters: array.parameters, axes, from, shape: layout.shape, seed: array.seed }, out);
    } catch {
      continue;
    }
    const tookMs = clock.monotonicMs() - fromMs;
    costs.add(tookMs / 1000 / length);
    const isShort = tookMs < SHORT_MS && run < longest && length < elementsIn(chunk.shape);
    if (isShort) run = Math.min(2 * run, longest);
    const isWarmNow: boolean = !isWarm && spentMs() > WARM_MS && spentMs() < budgetMs / 2;
    if (isShort || isWarmNow) {
      isWarm ||= isWarmNow;
      costs = new Costs();
      visits = 0;
    } else if (tookMs > SHORT_MS) told?.(known()!);
  }
  return known();
}

/** A block of about as many cells: whole rows where they fit, since twins save work among neighbours. */
function pieceOf(shape: readonly number[], cells: number): number[] {
  const piece = [...shape];
  let left = Math.max(1, cells);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    piece[axis] = Math.min(shape[axis]!, Math.floor(left));
    left = Math.max(1, left / piece[axis]!);
  }
  return piece;
}

/** What cells of pieces took, by their mean and its standard error (Welford 1962). */
class Costs {
  #count = 0;
  #mean = 0;
  #squares = 0;

  add(seconds: number): void {
    const from = seconds - this.#mean;
    this.#mean += from / ++this.#count;
    this.#squares += from * (seconds - this.#mean);
  }

  /** Relative. */
  get error(): number {
    if (this.#count < 2) return 1;
    return Math.sqrt(this.#squares / (this.#count - 1) / this.#count) / this.#mean;
  }

  /** The array's seconds, where the thread had this share of a processor. */
  of(elements: number, share: number): Range | undefined {
    if (this.#count === 0) return undefined;
    const expected = share * this.#mean * elements;
    const factor = Math.exp(Z_80 * this.error);
    return { low: expected / factor, expected, high: expected * factor };
  }
}
