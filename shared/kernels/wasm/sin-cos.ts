/**
 * ../sin-cos.ts for two angles in a vector: the same operations in the same order. The numbers are read from memory,
 * which takes one instruction; to make a vector from one in the code takes the engine three.
 */
const TWO_OVER_PI: usize = memory.data<f64>([0.6366197723675814]);
const HALF_PI_1: usize = memory.data<f64>([1.5707963267341256]);
const HALF_PI_2: usize = memory.data<f64>([6.077100506303966e-11]);
const HALF_PI_3: usize = memory.data<f64>([2.0222662487959506e-21]);

/** Rising powers, from the third of sine and the fourth of cosine on. */
const SINE: usize = memory.data<f64>([
  -0.16666666666666632, 0.00833333333332249, -0.0001984126982985795, 2.7557313707070068e-6,
  -2.5050760253406863e-8, 1.58969099521155e-10,
]);
const COSINE: usize = memory.data<f64>([
  0.0416666666666666, -0.001388888888887411, 2.480158728947673e-5, -2.7557314351390663e-7,
  2.087572321298175e-9, -1.1359647557788195e-11,
]);
const QUARTER: usize = memory.data<f64>([0.25]);
const HALF: usize = memory.data<f64>([0.5]);
const ONE: usize = memory.data<f64>([1]);
const TWO: usize = memory.data<f64>([2]);
const THREE: usize = memory.data<f64>([3]);
const FOUR: usize = memory.data<f64>([4]);
const SIGN: usize = memory.data<f64>([-0.0]);

function number(address: usize): v128 {
  return v128.load64_splat(address);
}

/** x as a number of quarter turns, rounded. */
export function quarterOf(x: v128): v128 {
  return f64x2.floor(f64x2.add(f64x2.mul(x, number(TWO_OVER_PI)), number(HALF)));
}

/** What is left of x beside the quarter turns, at most π/4. */
export function restOf(x: v128, quarter: v128): v128 {
  const less1 = f64x2.sub(x, f64x2.mul(quarter, number(HALF_PI_1)));
  const less2 = f64x2.sub(less1, f64x2.mul(quarter, number(HALF_PI_2)));
  return f64x2.sub(less2, f64x2.mul(quarter, number(HALF_PI_3)));
}

/** The sine of the rest r, given r and z = r². */
export function sineOf(r: v128, z: v128): v128 {
  return f64x2.add(r, f64x2.mul(f64x2.mul(r, z), series(SINE, z)));
}

export function cosineOf(z: v128): v128 {
  const square = f64x2.sub(number(ONE), f64x2.mul(number(HALF), z));
  return f64x2.add(square, f64x2.mul(f64x2.mul(z, z), series(COSINE, z)));
}

function series(factors: usize, z: v128): v128 {
  let sum = number(factors + 40);
  sum = f64x2.add(number(factors + 32), f64x2.mul(z, sum));
  sum = f64x2.add(number(factors + 24), f64x2.mul(z, sum));
  sum = f64x2.add(number(factors + 16), f64x2.mul(z, sum));
  sum = f64x2.add(number(factors + 8), f64x2.mul(z, sum));
  return f64x2.add(number(factors), f64x2.mul(z, sum));
}

/** The quarter turns but whole ones: 0, 1, 2 or 3. */
export function turnedBy(quarter: v128): v128 {
  const whole = f64x2.floor(f64x2.mul(quarter, number(QUARTER)));
  return f64x2.sub(quarter, f64x2.mul(number(FOUR), whole));
}

export function turnSine(sine: v128, cosine: v128, turned: v128): v128 {
  const odd = v128.or(f64x2.eq(turned, number(ONE)), f64x2.eq(turned, number(THREE)));
  const negative = f64x2.ge(turned, number(TWO));
  return v128.xor(v128.bitselect(cosine, sine, odd), v128.and(negative, number(SIGN)));
}

export function turnCosine(sine: v128, cosine: v128, turned: v128): v128 {
  const one = f64x2.eq(turned, number(ONE));
  const odd = v128.or(one, f64x2.eq(turned, number(THREE)));
  const negative = v128.or(one, f64x2.eq(turned, number(TWO)));
  return v128.xor(v128.bitselect(sine, cosine, odd), v128.and(negative, number(SIGN)));
}
