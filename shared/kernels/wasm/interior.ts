/**
 * Where in the plane of c it is known beforehand that mandelbrot's orbit, rounded as it is, stays within |z| <= 2: in
 * the cardioid and in the disc around -1, but for a seam.
 *
 * There f(z) = z² + c, and f∘f in the disc, has an attracting fixed point. Its multiplier is μ = 1 - √(1 - 4c), and
 * 4 (c + 1) in the disc; m = |μ| < 1. Let U be the component of its basin around it; 0, the only critical point, is
 * in it. A conformal map φ from the unit disc onto U, φ(0) being the fixed point, makes the map a Blaschke product of
 * degree 2, w (w + a) / (1 + āw) but for a rotation, with |a| = m. It takes |w| <= r to |w| <= r' = r (r + m) / (1 + mr),
 * and its critical point lies at |w| = (1 - √(1 - m²)) / m <= 1 - √(1 - m). Let r be that, or 1/2 if that is less:
 * V = φ(|w| <= r) contains 0, and is mapped into φ(|w| <= r'). Around each point of the latter V contains, by
 * Koebe's distortion and quarter theorems, a disc of radius
 *
 *   (r - r') (1 - r) |φ'(0)| / 32  >=  r (1 - r)² (1 - m)² / 320  >=  (1 - m)³ / 2560,
 *
 * for r - r' >= r (1 - r) (1 - m) / 2, and |φ'(0)| is at least the radius of any disc around the fixed point within U,
 * such as (1 - m) / 5. With 1 - m >= 0.001 that is 4e-13, and rounding moves an iteration, or two, by less than 1e-14:
 * an orbit from 0 never leaves V, a part of the filled Julia set, where |z| <= (1 + √(1 + 4|c|)) / 2 < 1.73.
 */

/** 1 - m² is to be more than this. */
const SEAM: f64 = 0.002;

/** All bits set where the orbit of 0 under c stays inside. Infinite c are not. */
export function staysInside(cr: v128, ci: v128): v128 {
  // |1 - √(1 - 4c)|² < 1 - SEAM, without roots: with x + iy = c - 1/4 and q = x² + y²,
  // 2q + x + SEAM²/8 < (1 - SEAM) √q, and both sides squared with their signs.
  const ci2 = f64x2.mul(ci, ci);
  const x = f64x2.sub(cr, f64x2.splat(0.25));
  const q = f64x2.add(f64x2.mul(x, x), ci2);
  const left = f64x2.add(f64x2.add(q, q), f64x2.add(x, f64x2.splat((SEAM * SEAM) / 8)));
  const right = f64x2.mul(q, f64x2.splat((1 - SEAM) * (1 - SEAM)));
  const inCardioid = f64x2.lt(f64x2.mul(left, f64x2.abs(left)), right);
  const fromCentre = f64x2.add(cr, f64x2.splat(1));
  const distance2 = f64x2.add(f64x2.mul(fromCentre, fromCentre), ci2);
  return v128.or(inCardioid, f64x2.lt(distance2, f64x2.splat((1 - SEAM) / 16)));
}
