/**
 * A job of a deployment: handed over, looked at, followed to its end. The deployment is found by AWS_PROFILE, AWS_REGION and
 * AWS_ENDPOINT_URL, as the command finds it, and was made with the kernel.
 */
import { attach, open, submit } from "manyhands";

const stack = "Manyhands";
const { jobId, chunks } = await submit(
  "mandelbrot",
  { maxIterations: 100 },
  { stack, size: 300, jobId: "m1" },
);
console.log(`${jobId}: ${chunks} chunks`);

// Any time later, in any process:
const { state } = await (await open(jobId, { stack })).status();
console.log(state === "running" || state === "complete");
const { array, folder } = await attach(jobId, { stack, out: "m1" });
let sum = 0;
for (const count of await array.toTypedArray()) sum += count;
console.log(`sum ${sum}, in ${folder}`);
