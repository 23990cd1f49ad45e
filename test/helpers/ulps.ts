/** How far `got` is from an exact value in units of its last place: the value's nearest double, and what that lacks, in units. */
export function ulpsBetween(got: number, rounded: number, lacks: number): number {
  if (got === rounded) return Math.abs(lacks);
  return Math.abs((got - rounded) / unitOf(rounded) - lacks);
}

/** The distance from |x| to the next larger double. */
function unitOf(x: number): number {
  const double = Float64Array.of(Math.abs(x));
  const bits = new BigInt64Array(double.buffer);
  bits[0]!++;
  return double[0]! - Math.abs(x);
}
