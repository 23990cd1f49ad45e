/** The plain loop, for programs of Node, and how one tells the harness what it took. */
const MAX_ITERATIONS = 1000;

/** @param {number} cr @param {number} ci */
export function escapeTime(cr, ci) {
  let zr = 0;
  let zi = 0;
  for (let count = 0; count < MAX_ITERATIONS; count++) {
    const imaginary = zr * zi;
    zr = zr * zr - zi * zi + cr;
    zi = imaginary + imaginary + ci;
    if (zr * zr + zi * zi > 4) return count;
  }
  return MAX_ITERATIONS;
}

/** The tutorial's grid of about size/2 points a side. @param {number} size */
export const axes = (size) => ({ y: coordinates(1.3, -1.3, size), x: coordinates(-2.13, 0.77, size) });

/** By repeated addition, as the tutorial's loop does. @param {number} start @param {number} end @param {number} size */
function coordinates(start, end, size) {
  const step = (2 * (end - start)) / size;
  const values = [];
  for (let value = start; step > 0 ? value < end : value > end; value += step) values.push(value);
  return Float64Array.from(values);
}

export const now = () => performance.timeOrigin + performance.now();

/** @param {number} readyMs @param {number} doneMs @param {Uint16Array} [result] */
export function tell(readyMs, doneMs, result) {
  const times = { startUpMs: readyMs - Number(process.env.STARTED_AT_MS), computeMs: doneMs - readyMs };
  const sum = result?.reduce((total, count) => total + count, 0);
  console.log(JSON.stringify(sum === undefined ? times : { ...times, sum }));
}
