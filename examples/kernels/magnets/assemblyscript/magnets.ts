const HALF_ROOT_OF_3: f64 = 0.8660254037844386;
const MAGNETS: StaticArray<f64> = [1, 0, -0.5, HALF_ROOT_OF_3, -0.5, -HALF_ROOT_OF_3];
const SECONDS: f64 = 0.02;

export function point(y: f64, x: f64, friction: f64, height: f64, steps: f64): f64 {
  let px = x;
  let py = y;
  let vx: f64 = 0;
  let vy: f64 = 0;
  let path: f64 = 0;
  for (let step: f64 = 0; step < steps; step++) {
    let ax = -0.5 * px - friction * vx;
    let ay = -0.5 * py - friction * vy;
    for (let m = 0; m < 6; m += 2) {
      const dx = unchecked(MAGNETS[m]) - px;
      const dy = unchecked(MAGNETS[m + 1]) - py;
      const square = dx * dx + dy * dy + height * height;
      const pull = 1 / (square * Math.sqrt(square));
      ax += dx * pull;
      ay += dy * pull;
    }
    vx += ax * SECONDS;
    vy += ay * SECONDS;
    px += vx * SECONDS;
    py += vy * SECONDS;
    path += Math.sqrt(vx * vx + vy * vy) * SECONDS;
  }
  return path;
}
