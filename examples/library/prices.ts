/** One value: progress as it comes, a window of the array, and all of it chunk by chunk. */
import { run } from "manyhands";
import blackScholes from "../kernels/black-scholes.ts";

const job = run(
  blackScholes,
  // An input is a value that is held fixed, a list of points, or a range.
  { spot: { from: 80, to: 120 }, volatility: [0.1, 0.2, 0.4], maturity: 1, option: "put" },
  { engine: "threads", points: [400], chunk: [100, 3], plots: false },
);
let progress = "";
for await (const { done, chunks, failed } of job) progress = `${done} of ${chunks} chunks, ${failed} failed`;
console.log(progress);

const { array, summary, folder } = await job;
console.log(`${summary.state}: ${array.name} in ${array.unit}, ${array.shape.join(" x ")}`);

// Nothing was read so far. A window reads the chunks that it covers.
const [spot, volatility] = array.axes;
const { values } = await array.get({ spot: { from: 200, to: 201 } });
console.log(`spot ${spot?.values[200]}:`);
for (const [k, price] of values.entries())
  console.log(`  volatility ${volatility?.values[k]}: ${price.toFixed(4)}`);

let dearest = 0;
for await (const chunk of array) dearest = Math.max(dearest, ...chunk.values);
console.log(`at most ${dearest.toFixed(2)} ${array.unit}`);
console.log(`kept in ${folder.replace(/\d{8}-.*/, "…")}`);
