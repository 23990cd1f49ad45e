/** Several values: an array for each, by its name. Two jobs at the same time: the same numbers on two engines. */
import { run } from "manyhands";
import asianOption from "../kernels/asian-option.ts";

const inputs = { spot: { from: 90, to: 110 }, volatility: 0.2, paths: 200 } as const;
const jobs = (["serial", "threads"] as const).map((engine) =>
  run(asianOption, inputs, { engine, points: [5], seed: 7, plots: false, jobId: `asian-${engine}` }),
);
const [serial, threads] = await Promise.all(jobs);
const mean = await serial!.arrays.mean.toTypedArray();
const error = await serial!.arrays.error.toTypedArray();
const { values: spots } = serial!.arrays.mean.axes[0]!;
for (const [k, price] of mean.entries())
  console.log(`spot ${spots[k]}: ${price.toFixed(2)} +- ${error[k]!.toFixed(2)}`);
const again = await threads!.arrays.mean.toTypedArray();
console.log(`the same on both engines: ${mean.every((price, k) => price === again[k])}`);
