import { kernel } from "manyhands/kernel";

const HALF_ROOT_OF_3 = 0.8660254037844386;

/** Three magnets on a circle of radius 1. */
const MAGNETS = [
  { x: 1, y: 0 },
  { x: -0.5, y: HALF_ROOT_OF_3 },
  { x: -0.5, y: -HALF_ROOT_OF_3 },
] as const;

const SECONDS = 0.02;

/** Uses + - * / and square roots alone, which are the same in every language: see the other files of this folder. */
export default kernel({
  about: "how far a pendulum swings above three magnets until it is at rest",
  inputs: {
    y: { about: "where it is let go", from: -2, to: 2 },
    x: { about: "where it is let go", from: -2, to: 2 },
    friction: { default: 0.2, minimum: 0 },
    height: { about: "of the pendulum above the magnets", default: 0.25, minimum: 0.01 },
    steps: { about: "of 0.02 s", default: 1500, minimum: 1, maximum: 1_000_000, integer: true },
  },
  value: { name: "path", about: "length of its path" },

  point({ y, x, friction, height, steps }) {
    let [px, py, vx, vy, path] = [x, y, 0, 0, 0];
    for (let step = 0; step < steps; step++) {
      let ax = -0.5 * px - friction * vx;
      let ay = -0.5 * py - friction * vy;
      for (const magnet of MAGNETS) {
        const dx = magnet.x - px;
        const dy = magnet.y - py;
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
  },
});
