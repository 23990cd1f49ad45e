/** The jobs of the campaign: small, of each codec, dtype and shape, and of the kernels below. */

import type { JobRequest } from "../../shared/messages/job-request.ts";
import { packJob } from "../../shared/plan/pack.ts";
import { builtIn, resolvedJob } from "../helpers/kernels.ts";
import type { Draw } from "./draw.ts";
import type { Plan } from "./plan.ts";

/** Named here and not read from the registry: another kernel would change what every seed draws. */
const DRAWN = ["mandelbrot", "julia", "double-pendulum"] as const;
const COUNTS = { swept: ["y", "x"], dtypes: ["uint16", "uint32"] } as const;
const KERNELS = {
  mandelbrot: COUNTS,
  julia: COUNTS,
  "double-pendulum": { swept: ["angle2", "angle1"], dtypes: ["float32", "float64"] },
} as const;
const FEWEST_CHUNKS = 6;
const MOST_CHUNKS = 30;

/** A job whose chunks take long enough to compute that a worker can be struck in mid-kernel. */
export function drawJob(seed: number, draw: Draw, isLong: boolean): Pick<Plan, "request" | "messages"> {
  const kernel = isLong ? "double-pendulum" : draw.of(DRAWN);
  const { chunk, axes } = drawShape(draw, isLong);
  const chunks = chunk.reduce((product, side, k) => product * Math.ceil(axes[k]!.count / side), 1);
  const fixed = drawFixed(kernel, draw, isLong);
  const { swept, dtypes } = KERNELS[kernel];
  const request = {
    requestId: `campaign-${seed}`,
    kernel,
    inputs: { ...fixed, ...sweep(swept, axes) },
    chunk,
    dtype: draw.of(dtypes),
    codec: draw.of(["none", "gzip", "zstd"] as const),
    // At least two messages, so that a poisoned one leaves something.
    chunksPerMessage: draw.chance(0.5) ? 1 : draw.whole(2, Math.min(8, Math.floor(chunks / 2))),
    ramp: "mapping",
    output: { plots: draw.chance(0.3), npy: draw.chance(0.2) },
  } satisfies JobRequest;
  return { request, messages: [...packJob(resolvedJob(request), builtIn(kernel))] };
}

/** A single axis is the second input, and the first is held at 0. */
function sweep<Range>([rows, columns]: readonly [string, string], axes: readonly Range[]) {
  const [first, second] = axes;
  return second === undefined ? { [rows]: 0, [columns]: first! } : { [rows]: first!, [columns]: second };
}

function drawShape(draw: Draw, isLong: boolean) {
  const chunks = isLong ? draw.whole(FEWEST_CHUNKS, 9) : draw.whole(FEWEST_CHUNKS, MOST_CHUNKS);
  const axis = (count: number) => ({ from: draw.real(-2, -0.1), to: draw.real(0.1, 2), count });
  if (draw.chance(0.15)) {
    const side = isLong ? 256 : draw.whole(20, 300);
    return { chunk: [side], axes: [axis(cut(side * chunks, side, draw))] };
  }
  const across = draw.whole(1, Math.min(5, Math.floor(chunks / 2)));
  const down = Math.floor(chunks / across);
  const sides = isLong ? [16, 16] : [draw.whole(8, 40), draw.whole(8, 40)];
  const counts = [down, across].map((n, k) => cut(sides[k]! * n, sides[k]!, draw));
  return { chunk: sides, axes: counts.map(axis) };
}

/** The last chunk is mostly no whole one; a single one is. */
function cut(length: number, side: number, draw: Draw): number {
  return length === side ? length : length - draw.whole(0, side - 1);
}

function drawFixed(kernel: string, draw: Draw, isLong: boolean): Record<string, number> {
  if (kernel !== "double-pendulum") return { maxIterations: draw.whole(5, 400) };
  return isLong ? { duration: 2, timeStep: 0.001 } : { duration: draw.real(0.1, 1) };
}
