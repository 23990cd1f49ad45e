/** What a job's chunks take on a core of this machine, told from some cells of each. */
import { pointsOf } from "../../shared/array/grid.ts";
import { layoutOf } from "../../shared/array/layout.ts";
import type { JobSpec } from "../../shared/array/spec.ts";
import { makeArray } from "../../shared/kernels/dtype.ts";
import type { LoadedKernel } from "../../shared/kernels/loaded.ts";
import { type Range, Z_80 } from "../../shared/plan/ranges.ts";
import { type Clock, systemClock } from "../../shared/ports/clock.ts";

/** The array whose chunks are timed. */
export type TimedArray = Pick<JobSpec, "parameters" | "axes" | "seed" | "values" | "chunkShape">;

/** Chunks that are visited in a round; of more, as many are spread over the array. */
const MOST_CHUNKS = 4_000;
const SAMPLE_MS = 0.2;
const MOST_RUN = 16_384;
/** Until then the engine compiles what it interprets at first. */
const WARM_MS = 20;
/** More rounds tell no more: what a busy machine does to it is in the predictions' own spread. */
const MOST_ROUNDS = 64;
const GOLDEN = 0.6180339887498949;

interface ChunkTimingOptions {
  readonly told?: (soFar: Range) => void;
  readonly clock?: Pick<Clock, "monotonicMs" | "cpuMs">;
}

/**
 * Computes a piece of a row of every chunk, other rows in each round, until `budgetMs` is over, and tells CPU seconds of the whole array
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
  const compute = kernel.fast ?? kernel.compute;
  const began = { ms: clock.monotonicMs(), cpuMs: clock.cpuMs() };
  const spentMs = () => clock.monotonicMs() - began.ms;
  const costs: number[] = [];
  let run = 1;
  let isWarm = false;
  let visits = 0;
  const known = () => {
    const share = Math.min(1, (clock.cpuMs() - began.cpuMs) / spentMs());
    return wholeArray(costs, layout.elements, share);
  };
  while (spentMs() < budgetMs && visits < MOST_ROUNDS * visited) {
    // A step that is prime to a round's length would do; the golden ratio spreads any number evenly.
    const place = (visits * GOLDEN) % 1;
    const chunk = layout.chunk(Math.floor(place * layout.total));
    const round = Math.floor(visits / visited);
    const last = chunk.shape.length - 1;
    const length = Math.min(run, chunk.shape[last]!);
    const inside = (axis: number) => ((visits + 1) * GOLDEN * (axis + 2) + round * Math.SQRT2) % 1;
    const from = chunk.shape.map(
      (side, axis) =>
        chunk.from[axis]! + Math.floor(inside(axis) * (axis === last ? side - length + 1 : side)),
    );
    const axes = array.axes.map((axis, at) => ({
      input: axis.input ?? "",
      values: pointsOf(axis, from[at]!, from[at]! + (at === last ? length : 1)),
    }));
    const out = array.values.map(({ dtype }) => makeArray(dtype, length));
    visits++;
    const fromMs = clock.monotonicMs();
    try {
      compute({ parameters: array.parameters, axes, from, shape: layout.shape, seed: array.seed }, out);
    } catch {
      continue;
    }
    const tookMs = clock.monotonicMs() - fromMs;
    if (!isWarm && spentMs() > WARM_MS && spentMs() < budgetMs / 2) {
      isWarm = true;
      costs.length = 0;
      visits = 0;
    }
    costs.push(tookMs / 1000 / length);
    const isShort =
      tookMs < SAMPLE_MS && length === run && run < Math.min(MOST_RUN, layout.chunkShape[last]!);
    if (isShort) {
      run *= 2;
      costs.length = 0;
      visits = 0;
    } else if (tookMs > SAMPLE_MS) told?.(known()!);
  }
  return known();
}

/** By the mean of the pieces, and its standard error. */
function wholeArray(costs: readonly number[], elements: number, share: number): Range | undefined {
  if (costs.length === 0) return undefined;
  const mean = costs.reduce((sum, each) => sum + each, 0) / costs.length;
  const squares = costs.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  const error = costs.length > 1 ? Math.sqrt(squares / (costs.length - 1) / costs.length) / mean : 1;
  const factor = Math.exp(Z_80 * error);
  const expected = share * mean * elements;
  return { low: expected / factor, expected, high: expected * factor };
}
