import { cosineOf, quarterOf, restOf, sineOf, turnCosine, turnedBy, turnSine } from "./sin-cos";
import { OUT, X, Y } from "./tile";

/**
 * The twin of ../double-pendulum.ts: four pendulums in the lanes of two vectors, with its operations in their order. A
 * lane whose pendulum is done takes the next cell.
 */
const LANES: usize = 4;

let timeStep: f64 = 0;
let duration: f64 = 0;
let gravity: f64 = 0;
let length1: f64 = 0;
let length2: f64 = 0;
let mass2: f64 = 0;
let masses: f64 = 0;
let twiceFirst: f64 = 0;

/** By lane: angles and speeds at the start of the step. */
const ANGLE1: usize = memory.data(32, 16);
const ANGLE2: usize = memory.data(32, 16);
const SPEED1: usize = memory.data(32, 16);
const SPEED2: usize = memory.data(32, 16);
/** Those at which the next stage of the step takes the rates. */
const AT_ANGLE1: usize = memory.data(32, 16);
const AT_ANGLE2: usize = memory.data(32, 16);
const AT_SPEED1: usize = memory.data(32, 16);
const AT_SPEED2: usize = memory.data(32, 16);
/** Sums of the stages' speeds and accelerations. */
const SPEEDS1: usize = memory.data(32, 16);
const SPEEDS2: usize = memory.data(32, 16);
const RATES1: usize = memory.data(32, 16);
const RATES2: usize = memory.data(32, 16);
/** The second angle that is upright, next to the first one; the cell; the steps made by all when the lane took it. */
const UPRIGHT: usize = memory.data(32, 16);
const CELL: usize = memory.data(32, 16);
const TAKEN_AT: usize = memory.data(32, 16);

const NEVER: u64 = 1 << 62;

let columns: u32 = 0;
let cells: u32 = 0;
let next: u32 = 0;
let busy: i32 = 0;
let made: u64 = 0;

/** Fills OUT, `tileRows` x `tileColumns` of Float64, with times to flip (s). Lengths in m, masses in kg. */
export function timesToFlip(
  tileColumns: i32,
  tileRows: i32,
  durationS: f64,
  timeStepS: f64,
  gravityAcceleration: f64,
  firstLength: f64,
  secondLength: f64,
  firstMass: f64,
  secondMass: f64,
): void {
  columns = tileColumns;
  cells = tileColumns * tileRows;
  duration = durationS;
  timeStep = timeStepS;
  gravity = gravityAcceleration;
  length1 = firstLength;
  length2 = secondLength;
  mass2 = secondMass;
  masses = firstMass + secondMass;
  twiceFirst = 2 * firstMass + secondMass;
  next = 0;
  busy = 0;
  made = 0;
  const steps = <u64>ceil(duration / timeStep);
  for (let lane: usize = 0; lane < LANES; lane++) take(lane);
  while (busy) {
    const flipped = step();
    made++;
    for (let lane: usize = 0; lane < LANES; lane++) {
      const own = made - load<u64>(TAKEN_AT + (lane << 3));
      if ((flipped >> <i32>lane) & 1) finish(lane, <f64>(own - 1) * timeStep);
      else if (own === steps) finish(lane, duration);
    }
  }
}

function finish(lane: usize, value: f64): void {
  store<f64>(OUT + (load<usize>(CELL + (lane << 3)) << 3), value);
  busy--;
  take(lane);
}

/** The next cell, or none: then the lane goes on with what it has, never flips and is never through. */
function take(lane: usize): void {
  const at = lane << 3;
  if (next === cells) {
    store<f64>(UPRIGHT + at, NaN);
    store<u64>(TAKEN_AT + at, NEVER);
    return;
  }
  const angle2 = load<f64>(Y + ((<usize>(next / columns)) << 3));
  store<f64>(ANGLE1 + at, load<f64>(X + ((<usize>(next % columns)) << 3)));
  store<f64>(ANGLE2 + at, angle2);
  store<f64>(SPEED1 + at, 0);
  store<f64>(SPEED2 + at, 0);
  store<f64>(UPRIGHT + at, 2 * Math.PI * floor(angle2 / (2 * Math.PI) + 0.5));
  store<usize>(CELL + at, next);
  store<u64>(TAKEN_AT + at, made);
  next++;
  busy++;
}

/**
 * A step of fourth-order Runge-Kutta; returns a bit for each lane that flipped. Both pairs of lanes make each stage
 * before the next: while one waits for its last result the other has something to do.
 */
function step(): i32 {
  const half = timeStep / 2;
  begin(0);
  begin(16);
  stage(0, 1, half);
  stage(16, 1, half);
  stage(0, 2, half);
  stage(16, 2, half);
  stage(0, 2, timeStep);
  stage(16, 2, timeStep);
  stage(0, 1, 0);
  stage(16, 1, 0);
  return end(0) | (end(16) << 2);
}

function begin(pair: usize): void {
  v128.store(AT_ANGLE1 + pair, v128.load(ANGLE1 + pair));
  v128.store(AT_ANGLE2 + pair, v128.load(ANGLE2 + pair));
  v128.store(AT_SPEED1 + pair, v128.load(SPEED1 + pair));
  v128.store(AT_SPEED2 + pair, v128.load(SPEED2 + pair));
  // Unlike 0, -0 changes nothing that is added to it.
  v128.store(SPEEDS1 + pair, f64x2.splat(-0.0));
  v128.store(SPEEDS2 + pair, f64x2.splat(-0.0));
  v128.store(RATES1 + pair, f64x2.splat(-0.0));
  v128.store(RATES2 + pair, f64x2.splat(-0.0));
}

function end(pair: usize): i32 {
  const sixth = f64x2.splat(timeStep / 6);
  const angle2 = plus(v128.load(ANGLE2 + pair), sixth, v128.load(SPEEDS2 + pair));
  v128.store(ANGLE1 + pair, plus(v128.load(ANGLE1 + pair), sixth, v128.load(SPEEDS1 + pair)));
  v128.store(ANGLE2 + pair, angle2);
  v128.store(SPEED1 + pair, plus(v128.load(SPEED1 + pair), sixth, v128.load(RATES1 + pair)));
  v128.store(SPEED2 + pair, plus(v128.load(SPEED2 + pair), sixth, v128.load(RATES2 + pair)));
  const turned = f64x2.sub(angle2, v128.load(UPRIGHT + pair));
  return i64x2.bitmask(
    v128.or(f64x2.gt(turned, f64x2.splat(Math.PI)), f64x2.lt(turned, f64x2.splat(-Math.PI))),
  );
}

function plus(value: v128, factor: v128, change: v128): v128 {
  return f64x2.add(value, f64x2.mul(factor, change));
}

/** Takes the rates for one pair, adds them to its sums by their weight, and goes `time` on from the step's start with them. */
function stage(pair: usize, ownWeight: f64, time: f64): void {
  const speed1 = v128.load(AT_SPEED1 + pair);
  const speed2 = v128.load(AT_SPEED2 + pair);
  const angle1 = v128.load(AT_ANGLE1 + pair);
  const angle2 = v128.load(AT_ANGLE2 + pair);
  const quarter1 = quarterOf(angle1);
  const rest1 = restOf(angle1, quarter1);
  const z1 = f64x2.mul(rest1, rest1);
  const sine1 = sineOf(rest1, z1);
  const cosine1 = cosineOf(z1);
  const turned1 = turnedBy(quarter1);
  const sin1 = turnSine(sine1, cosine1, turned1);
  const cos1 = turnCosine(sine1, cosine1, turned1);
  const quarter2 = quarterOf(angle2);
  const rest2 = restOf(angle2, quarter2);
  const z2 = f64x2.mul(rest2, rest2);
  const sine2 = sineOf(rest2, z2);
  const cosine2 = cosineOf(z2);
  const turned2 = turnedBy(quarter2);
  const sin2 = turnSine(sine2, cosine2, turned2);
  const cos2 = turnCosine(sine2, cosine2, turned2);

  const sinD = f64x2.sub(f64x2.mul(sin1, cos2), f64x2.mul(cos1, sin2));
  const cosD = f64x2.add(f64x2.mul(cos1, cos2), f64x2.mul(sin1, sin2));
  const square1 = f64x2.mul(f64x2.mul(speed1, speed1), f64x2.splat(length1));
  const square2 = f64x2.mul(f64x2.mul(speed2, speed2), f64x2.splat(length2));
  const m2 = f64x2.splat(mass2);
  const first = f64x2.splat(twiceFirst);
  const twiceSinD = f64x2.mul(f64x2.splat(2), sinD);
  const cos2D = f64x2.sub(f64x2.splat(1), f64x2.mul(twiceSinD, sinD));
  const shared = f64x2.sub(first, f64x2.mul(m2, cos2D));
  const sinOf1Less2D = f64x2.sub(f64x2.mul(sinD, cos2), f64x2.mul(cosD, sin2));
  const lever = f64x2.add(f64x2.mul(first, sin1), f64x2.mul(m2, sinOf1Less2D));
  const pull = f64x2.mul(f64x2.mul(twiceSinD, m2), f64x2.add(square2, f64x2.mul(square1, cosD)));
  const rate1 = f64x2.div(
    f64x2.sub(f64x2.mul(f64x2.splat(-gravity), lever), pull),
    f64x2.mul(f64x2.splat(length1), shared),
  );
  const drive = f64x2.add(
    f64x2.add(f64x2.mul(square1, f64x2.splat(masses)), f64x2.mul(f64x2.splat(gravity * masses), cos1)),
    f64x2.mul(f64x2.mul(square2, m2), cosD),
  );
  const rate2 = f64x2.div(f64x2.mul(twiceSinD, drive), f64x2.mul(f64x2.splat(length2), shared));

  const weight = f64x2.splat(ownWeight);
  v128.store(SPEEDS1 + pair, plus(v128.load(SPEEDS1 + pair), weight, speed1));
  v128.store(SPEEDS2 + pair, plus(v128.load(SPEEDS2 + pair), weight, speed2));
  v128.store(RATES1 + pair, plus(v128.load(RATES1 + pair), weight, rate1));
  v128.store(RATES2 + pair, plus(v128.load(RATES2 + pair), weight, rate2));
  const t = f64x2.splat(time);
  v128.store(AT_ANGLE1 + pair, plus(v128.load(ANGLE1 + pair), t, speed1));
  v128.store(AT_ANGLE2 + pair, plus(v128.load(ANGLE2 + pair), t, speed2));
  v128.store(AT_SPEED1 + pair, plus(v128.load(SPEED1 + pair), t, rate1));
  v128.store(AT_SPEED2 + pair, plus(v128.load(SPEED2 + pair), t, rate2));
}
