/** Stand-in until the maths branch is merged. */
export function randomOf(seed: number, cell: number): () => number {
  let state = (seed * 0x9e3779b1 + cell * 0x85ebca6b) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
