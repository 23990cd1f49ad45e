import { kernel } from "manyhands/kernel";

/** Sites along a side of the square in which the two substances react; its edges meet. */
const SIDE = 48;
const SITES = SIDE * SIDE;

/** The reaction of Gray and Scott, U + 2 V → 3 V, with diffusion: for which feed and kill does it make a pattern? About 60 ms a cell. */
export default kernel({
  about: "patterns of the Gray-Scott reaction",
  inputs: {
    feed: { about: "share of U that is fed, a step", minimum: 0, maximum: 1, from: 0.01, to: 0.07 },
    kill: { about: "share of V that is removed, a step", minimum: 0, maximum: 1, from: 0.045, to: 0.07 },
    steps: { about: "simulated steps", default: 4000, minimum: 0, maximum: 1_000_000, integer: true },
  },
  values: {
    coverage: { about: "share of the square that V has taken", dtype: "float32" },
    contrast: { about: "standard deviation of V: 0 without a pattern", dtype: "float32" },
  },

  point({ feed, kill, steps }) {
    let [u, v] = [new Float64Array(SITES).fill(1), new Float64Array(SITES)];
    let [nextU, nextV] = [new Float64Array(SITES), new Float64Array(SITES)];
    for (let y = 20; y < 28; y++) for (let x = 17; x < 29; x++) v[y * SIDE + x] = 0.5;
    for (let step = 0; step < steps; step++) {
      for (let y = 0; y < SIDE; y++) {
        const row = y * SIDE;
        const above = ((y + SIDE - 1) % SIDE) * SIDE;
        const below = ((y + 1) % SIDE) * SIDE;
        for (let x = 0; x < SIDE; x++) {
          const left = row + (x === 0 ? SIDE - 1 : x - 1);
          const right = row + (x === SIDE - 1 ? 0 : x + 1);
          const here = row + x;
          const reaction = u[here]! * v[here]! * v[here]!;
          const spreadU = u[left]! + u[right]! + u[above + x]! + u[below + x]! - 4 * u[here]!;
          const spreadV = v[left]! + v[right]! + v[above + x]! + v[below + x]! - 4 * v[here]!;
          nextU[here] = u[here]! + 0.2 * spreadU - reaction + feed * (1 - u[here]!);
          nextV[here] = v[here]! + 0.1 * spreadV + reaction - (feed + kill) * v[here]!;
        }
      }
      [u, nextU, v, nextV] = [nextU, u, nextV, v];
    }
    const mean = v.reduce((sum, each) => sum + each, 0) / SITES;
    const squares = v.reduce((sum, each) => sum + (each - mean) ** 2, 0);
    return { coverage: v.filter((each) => each > 0.1).length / SITES, contrast: Math.sqrt(squares / SITES) };
  },
});
