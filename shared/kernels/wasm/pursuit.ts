import { countEight, countOf } from "./count-eight";
import { areAtMark, iterateTwelve, LANES, OLD_ZI, OLD_ZR } from "./iterate-twelve";
import { isTrapped } from "./orbit";
import { APART, CI, CR, cellOf, listed, mark, remove, setPoint, ZI, ZR } from "./points";
import { put } from "./tile";

/**
 * The points that are left after the first iterations. All of them advance by a stride without a test; what is outside
 * then is iterated again from where it was, with a test each time. So all on the list have been iterated equally often.
 * Now and then it is tried to prove of each that it never escapes.
 */

/** A proof is tried where a stride has moved z less than this, squared, and up to this period. */
const NEAR: f64 = 0.0001;
const LONGEST_PERIOD: i32 = 13;

/** Iterations after which z is compared with an earlier one too: it seldom comes back to the bit any sooner. */
const OLD: u32 = 1000;

let limit: u32 = 0;
/** Iterations of all points before the stride, and of the stride. */
let count: u32 = 0;
let stride: u32 = 0;
let isMarked: bool = false;

/** Iterates what is listed, and was iterated `done` times, up to `most` times, and puts the values. */
export function pursue(done: u32, most: u32): void {
  limit = most;
  count = done;
  isMarked = false;
  let lookAt = count;
  let looked: u32 = 0;
  while (listed > 0 && count < limit) {
    const looks = count >= lookAt;
    if (looks) {
      stride = strideToLook(looked++);
      lookAt = 2 * count;
    } else {
      stride = count < 100 ? 12 : 24;
    }
    stride = min(stride, limit - count);
    advance(looks);
    count += stride;
    if (looks && count >= OLD) {
      mark();
      isMarked = true;
    }
  }
  for (let slot: usize = 0; slot < listed; slot++) put(cellOf(slot), limit);
}

/** Strides that are multiples of many periods; to be multiples of others too they must be long, which is dear early on. */
function strideToLook(looked: u32): u32 {
  return count < 250 ? 24 : 12 * (5 + 2 * (looked & 3));
}

/** From the last to the first: what takes the place of a removed point has advanced already. */
function advance(looks: bool): void {
  let slot = ((listed + LANES - 1) / LANES) * LANES;
  while (slot > 0) {
    slot -= LANES;
    const all = slot + LANES > listed ? (1 << (<i32>(listed - slot))) - 1 : 0xfff;
    const inside = iterateTwelve(slot, stride, looks) & all;
    let never = looks ? findTrapped(slot, inside) : 0;
    if (isMarked) never |= areAtMark(slot) & inside;
    let done = (inside ^ all) | never;
    for (; done; done ^= 1 << lastOf(done)) {
      const lane = <usize>lastOf(done);
      if ((never >> <i32>lane) & 1) put(cellOf(slot + lane), limit);
      else recountLater(slot, lane);
      remove(slot + lane, isMarked);
    }
  }
  recount();
}

function lastOf(set: i32): i32 {
  return 31 - clz(set);
}

/** A bit for each of the twelve, of those inside, that is proven never to escape. */
function findTrapped(slot: usize, inside: i32): i32 {
  let trapped = 0;
  for (let left = inside; left; left &= left - 1) {
    const lane = <usize>ctz(left);
    const at = (slot + lane) << 3;
    const zr = load<f64>(ZR + at);
    const zi = load<f64>(ZI + at);
    const movedRe = zr - load<f64>(OLD_ZR + (lane << 3));
    const movedIm = zi - load<f64>(OLD_ZI + (lane << 3));
    // What is still far from going round is not worth the attempt.
    if (movedRe * movedRe + movedIm * movedIm >= NEAR) continue;
    if (isTrapped(zr, zi, load<f64>(CR + at), load<f64>(CI + at), LONGEST_PERIOD))
      trapped |= 1 << (<i32>lane);
  }
  return trapped;
}

/** How many points that have escaped in the stride wait in the slots apart, as they were before it. */
let waiting: usize = 0;

function recountLater(slot: usize, lane: usize): void {
  const at = (slot + lane) << 3;
  const zr = load<f64>(OLD_ZR + (lane << 3));
  const zi = load<f64>(OLD_ZI + (lane << 3));
  setPoint(APART + waiting, zr, zi, load<f64>(CR + at), load<f64>(CI + at), cellOf(slot + lane));
  waiting += 1;
  if (waiting === 8) recount();
}

function recount(): void {
  if (!waiting) return;
  const at = APART << 3;
  countEight(ZR + at, ZI + at, CR + at, CI + at, stride);
  // Counts the z before the stride too: it was inside.
  for (let lane: usize = 0; lane < waiting; lane++) {
    put(cellOf(APART + lane), count + countOf(lane) - 1);
  }
  waiting = 0;
}
