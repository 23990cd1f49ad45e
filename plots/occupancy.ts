/** Computes how much of each pixel of the timeline is busy: linear in the number of bars, however thin they are. */
import type { TimelineBar } from "./picture.ts";

/** Share of each cell that bars cover: `lanes` rows of `width` cells over 0..`endMs`, row-major. */
export interface Occupancy {
  readonly lanes: number;
  readonly width: number;
  readonly shares: Float32Array;
}

/** In bars of this width and wider, the last pixel stays pale to separate neighbours. */
const SEPARATED_FROM_PX = 4;
const SEPARATOR_SHARE = 0.55;

/** Adds up bars; if there are more `slots` than `lanes`, neighbouring slots share a lane. */
export function occupancy(
  bars: readonly TimelineBar[],
  slots: number,
  lanes: number,
  width: number,
  endMs: number,
): Occupancy {
  // One more cell per lane: a bar that ends at the right edge subtracts there.
  const stride = width + 1;
  const changes = new Float32Array(lanes * stride);
  const shares = new Float32Array(lanes * width);
  const weight = lanes / slots;
  for (const { slot, startMs, durationMs } of bars) {
    if (!(slot >= 0 && slot < slots)) continue;
    const lane = Math.floor((slot * lanes) / slots);
    const from = Math.min(width, Math.max(0, (startMs / endMs) * width));
    const to = Math.min(width, Math.max(from, ((startMs + durationMs) / endMs) * width));
    const first = Math.floor(from);
    const last = Math.min(width - 1, Math.floor(to));
    const row = lane * width;
    if (first >= width) continue;
    if (first === last) {
      shares[row + first]! += weight * (to - from);
      continue;
    }
    shares[row + first]! += weight * (first + 1 - from);
    shares[row + last]! += weight * (to - last);
    changes[lane * stride + first + 1]! += weight;
    changes[lane * stride + last]! -= weight;
    if (to - from >= SEPARATED_FROM_PX && lanes === slots)
      shares[row + Math.ceil(to) - 1]! -= SEPARATOR_SHARE * (1 - (Math.ceil(to) - to));
  }
  for (let lane = 0; lane < lanes; lane++) {
    let running = 0;
    for (let x = 0; x < width; x++) {
      running += changes[lane * stride + x]!;
      shares[lane * width + x]! += running;
    }
  }
  return { lanes, width, shares };
}
