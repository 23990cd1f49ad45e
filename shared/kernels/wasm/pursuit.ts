import { countOn, isTrapped } from "./orbit";
import { cIm, cRe, FIRST, julia, limit, put, xAt, yAt } from "./tile";

/**
 * The points that are left after the first iterations, eight at a time in the lanes of four vectors. They iterate
 * in blocks without a test; the states on the way are kept, and where a block ends outside, the iteration that
 * escaped is found from the last state inside. A lane that is done takes the next point from the list.
 */

/** Iterations between two kept states, states of a block, iterations of a block. */
const STRIDE: u32 = 6;
const STATES: usize = 4;
const BLOCK: u32 = STRIDE * <u32>STATES;

/** A proof that z is trapped is tried where a block has moved it less than this, squared, and up to this period. */
const NEAR: f64 = 0.001;
const LONGEST_PERIOD: i32 = 8;

/** The list. Row and column are 16 bits each. */
const LIST_ZR: usize = memory.data(131072, 16);
const LIST_ZI: usize = memory.data(131072, 16);
const LIST_CELL: usize = memory.data(65536, 16);
let listed: i32 = 0;
let taken: i32 = 0;

const LANES: usize = 8;
/** A state is z of every lane, real parts first. */
const STATE: usize = 128;
const IM: usize = 64;
const NOW: usize = memory.data(128, 16);
const PAST: usize = memory.data(512, 16);
/** A past state of each lane: z equal to it goes round for ever. */
const MARK: usize = memory.data(128, 16);
const C: usize = memory.data(128, 16);
/** All bits set where a lane has no point any more. */
const IDLE: usize = memory.data(64, 16);
const CELL: usize = memory.data(32, 16);
/** In blocks since the tile began: when a lane took its point, and when to look at it next. */
const TAKEN_AT: usize = memory.data(64, 16);
const LOOK_AT: usize = memory.data(64, 16);
const NEVER: u64 = u64.MAX_VALUE;
let tick: u64 = 0;
/** Whole blocks up to the limit. */
let blocks: u64 = 0;

export function reset(): void {
  listed = 0;
}

export function add(row: i32, column: i32, zr: f64, zi: f64): void {
  const at = <usize>listed;
  listed += 1;
  store<f64>(LIST_ZR + (at << 3), zr);
  store<f64>(LIST_ZI + (at << 3), zi);
  store<u32>(LIST_CELL + (at << 2), (row << 16) | column);
}

/** Computes what is on the list. */
export function pursue(): void {
  if (listed === 0) return;
  taken = 0;
  tick = 0;
  blocks = (limit - FIRST) / BLOCK;
  if (blocks === 0) {
    countEach();
    return;
  }
  memory.fill(IDLE, 0, 64);
  for (let lane: usize = 0; lane < LANES; lane++) take(lane);
  let lookAt = nextLook();
  let zr0 = v128.load(NOW, 0);
  let zi0 = v128.load(NOW + IM, 0);
  let cr0 = v128.load(C, 0);
  let ci0 = v128.load(C + IM, 0);
  let zr1 = v128.load(NOW, 16);
  let zi1 = v128.load(NOW + IM, 16);
  let cr1 = v128.load(C, 16);
  let ci1 = v128.load(C + IM, 16);
  let zr2 = v128.load(NOW, 32);
  let zi2 = v128.load(NOW + IM, 32);
  let cr2 = v128.load(C, 32);
  let ci2 = v128.load(C + IM, 32);
  let zr3 = v128.load(NOW, 48);
  let zi3 = v128.load(NOW + IM, 48);
  let cr3 = v128.load(C, 48);
  let ci3 = v128.load(C + IM, 48);
  while (lookAt !== NEVER) {
    for (let state = PAST; state < PAST + STATES * STATE; state += STATE) {
      v128.store(state, zr0, 0);
      v128.store(state + IM, zi0, 0);
      v128.store(state, zr1, 16);
      v128.store(state + IM, zi1, 16);
      v128.store(state, zr2, 32);
      v128.store(state + IM, zi2, 32);
      v128.store(state, zr3, 48);
      v128.store(state + IM, zi3, 48);
      for (let n: u32 = 0; n < STRIDE; n++) {
        const t0 = f64x2.mul(zr0, zi0);
        zr0 = f64x2.add(f64x2.sub(f64x2.mul(zr0, zr0), f64x2.mul(zi0, zi0)), cr0);
        zi0 = f64x2.add(f64x2.add(t0, t0), ci0);
        const t1 = f64x2.mul(zr1, zi1);
        zr1 = f64x2.add(f64x2.sub(f64x2.mul(zr1, zr1), f64x2.mul(zi1, zi1)), cr1);
        zi1 = f64x2.add(f64x2.add(t1, t1), ci1);
        const t2 = f64x2.mul(zr2, zi2);
        zr2 = f64x2.add(f64x2.sub(f64x2.mul(zr2, zr2), f64x2.mul(zi2, zi2)), cr2);
        zi2 = f64x2.add(f64x2.add(t2, t2), ci2);
        const t3 = f64x2.mul(zr3, zi3);
        zr3 = f64x2.add(f64x2.sub(f64x2.mul(zr3, zr3), f64x2.mul(zi3, zi3)), cr3);
        zi3 = f64x2.add(f64x2.add(t3, t3), ci3);
      }
    }
    tick++;
    const out0 = outside(zr0, zi0, v128.load(IDLE, 0));
    const same0 = equal(zr0, zi0, v128.load(MARK, 0), v128.load(MARK + IM, 0));
    const out1 = outside(zr1, zi1, v128.load(IDLE, 16));
    const same1 = equal(zr1, zi1, v128.load(MARK, 16), v128.load(MARK + IM, 16));
    const out2 = outside(zr2, zi2, v128.load(IDLE, 32));
    const same2 = equal(zr2, zi2, v128.load(MARK, 32), v128.load(MARK + IM, 32));
    const out3 = outside(zr3, zi3, v128.load(IDLE, 48));
    const same3 = equal(zr3, zi3, v128.load(MARK, 48), v128.load(MARK + IM, 48));
    const out = v128.or(v128.or(out0, out1), v128.or(out2, out3));
    const same = v128.or(v128.or(same0, same1), v128.or(same2, same3));
    if (!v128.any_true(v128.or(out, same)) && tick < lookAt) continue;
    v128.store(NOW, zr0, 0);
    v128.store(NOW + IM, zi0, 0);
    v128.store(NOW, zr1, 16);
    v128.store(NOW + IM, zi1, 16);
    v128.store(NOW, zr2, 32);
    v128.store(NOW + IM, zi2, 32);
    v128.store(NOW, zr3, 48);
    v128.store(NOW + IM, zi3, 48);
    const escaped = bits(out0, out1, out2, out3);
    const cyclic = bits(same0, same1, same2, same3);
    for (let lane: usize = 0; lane < LANES; lane++) {
      const bit = 1 << (<i32>lane);
      if (escaped & bit) finish(lane, countFromPast(lane));
      else if (cyclic & bit) finish(lane, limit);
      else if (load<u64>(LOOK_AT + (lane << 3)) <= tick) look(lane);
    }
    lookAt = nextLook();
    zr0 = v128.load(NOW, 0);
    zi0 = v128.load(NOW + IM, 0);
    cr0 = v128.load(C, 0);
    ci0 = v128.load(C + IM, 0);
    zr1 = v128.load(NOW, 16);
    zi1 = v128.load(NOW + IM, 16);
    cr1 = v128.load(C, 16);
    ci1 = v128.load(C + IM, 16);
    zr2 = v128.load(NOW, 32);
    zi2 = v128.load(NOW + IM, 32);
    cr2 = v128.load(C, 32);
    ci2 = v128.load(C + IM, 32);
    zr3 = v128.load(NOW, 48);
    zi3 = v128.load(NOW + IM, 48);
    cr3 = v128.load(C, 48);
    ci3 = v128.load(C + IM, 48);
  }
}

/** Without a whole block there is nothing for the vectors to do. */
function countEach(): void {
  while (taken < listed) {
    take(0);
    const cell = load<u32>(CELL);
    put(
      cell >> 16,
      cell & 0xffff,
      countOn(load<f64>(NOW), load<f64>(NOW + IM), load<f64>(C), load<f64>(C + IM), FIRST, limit),
    );
  }
}

function outside(zr: v128, zi: v128, idle: v128): v128 {
  // Not `> 4`: from far enough out, z is NaN.
  const inside = f64x2.le(f64x2.add(f64x2.mul(zr, zr), f64x2.mul(zi, zi)), f64x2.splat(4));
  return v128.not(v128.or(inside, idle));
}

/** -0 equals 0 here, which is as good: no sum, product or comparison that follows differs but in zeros' signs. */
function equal(zr: v128, zi: v128, otherRe: v128, otherIm: v128): v128 {
  return v128.and(f64x2.eq(zr, otherRe), f64x2.eq(zi, otherIm));
}

function bits(lanes01: v128, lanes23: v128, lanes45: v128, lanes67: v128): i32 {
  return (
    i64x2.bitmask(lanes01) |
    (i64x2.bitmask(lanes23) << 2) |
    (i64x2.bitmask(lanes45) << 4) |
    (i64x2.bitmask(lanes67) << 6)
  );
}

/** The next point of the list, or none, into the lane. */
function take(lane: usize): void {
  const at = lane << 3;
  store<f64>(MARK + at, NaN);
  if (taken === listed) {
    store<i64>(IDLE + at, -1);
    store<u64>(LOOK_AT + at, NEVER);
    return;
  }
  const next = <usize>taken;
  taken += 1;
  const cell = load<u32>(LIST_CELL + (next << 2));
  store<u32>(CELL + (lane << 2), cell);
  store<f64>(NOW + at, load<f64>(LIST_ZR + (next << 3)));
  store<f64>(NOW + IM + at, load<f64>(LIST_ZI + (next << 3)));
  store<f64>(C + at, julia ? cRe : xAt(cell & 0xffff));
  store<f64>(C + IM + at, julia ? cIm : yAt(cell >> 16));
  store<u64>(TAKEN_AT + at, tick);
  store<u64>(LOOK_AT + at, tick + 1);
}

/** At ages of 1, 2, 4, 8, ... blocks, and when no whole block is left. */
function look(lane: usize): void {
  const at = lane << 3;
  const age = tick - load<u64>(TAKEN_AT + at);
  const zr = load<f64>(NOW + at);
  const zi = load<f64>(NOW + IM + at);
  const cr = load<f64>(C + at);
  const ci = load<f64>(C + IM + at);
  if (age === blocks) {
    finish(lane, countOn(zr, zi, cr, ci, FIRST + <u32>blocks * BLOCK, limit));
    return;
  }
  // Most periods divide a block's length; a point that is still far from going round is not worth the attempt.
  const movedRe = zr - load<f64>(PAST + at);
  const movedIm = zi - load<f64>(PAST + IM + at);
  if (movedRe * movedRe + movedIm * movedIm < NEAR && isTrapped(zr, zi, cr, ci, LONGEST_PERIOD)) {
    finish(lane, limit);
    return;
  }
  store<f64>(MARK + at, zr);
  store<f64>(MARK + IM + at, zi);
  store<u64>(LOOK_AT + at, tick + min(age, blocks - age));
}

function finish(lane: usize, count: u32): void {
  const cell = load<u32>(CELL + (lane << 2));
  put(cell >> 16, cell & 0xffff, count);
  take(lane);
}

/** The index of the iteration that escaped in the block just done. Once outside, z stays there. */
function countFromPast(lane: usize): u32 {
  const at = lane << 3;
  const age = tick - load<u64>(TAKEN_AT + at);
  let count = FIRST + <u32>(age - 1) * BLOCK;
  let state = PAST + at;
  for (let n: usize = 1; n < STATES; n++) {
    const zr = load<f64>(state + STATE);
    const zi = load<f64>(state + STATE + IM);
    if (!(zr * zr + zi * zi <= 4)) break;
    state += STATE;
    count += STRIDE;
  }
  const zr = load<f64>(state);
  const zi = load<f64>(state + IM);
  return countOn(zr, zi, load<f64>(C + at), load<f64>(C + IM + at), count, limit);
}

function nextLook(): u64 {
  let next = NEVER;
  for (let lane: usize = 0; lane < LANES; lane++) next = min(next, load<u64>(LOOK_AT + (lane << 3)));
  return next;
}
