/**
 * Starts a worker once, with a function's share of CPU from its first event on, and prints what that took:
 * `node experiments/throttled-slot/run.ts [--memory 128] [--kernel mandelbrot]`. Exit code 2 where cgroups are not to be had.
 */
import { parseArgs } from "node:util";
import { kernels } from "../../client/kernels/loader.ts";
import { loadJob } from "../../shared/plan/resolve-job.ts";
import { MB_PER_VCPU } from "../../shared/plan/workers.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { openCpuShares } from "./cpu-share.ts";
import { withWorkers } from "./worker.ts";

const LEAST_MB = 128;
const MOST_MB = 10_240;

try {
  const { memory, kernel } = parseArgs({
    options: {
      memory: { type: "string", default: `${MB_PER_VCPU}` },
      kernel: { type: "string", default: "mandelbrot" },
    },
  }).values;
  const memoryMb = Number(memory);
  if (!(Number.isInteger(memoryMb) && memoryMb >= LEAST_MB && memoryMb <= MOST_MB))
    throw new InvalidInputError(
      "--memory",
      `a whole number of MB from ${LEAST_MB} to ${MOST_MB}`,
      show(memory),
    );
  const shares = openCpuShares();
  const { job } = await loadJob({ kernel, points: [20, 10], chunk: [10, 10] }, "job", kernels);
  const start = await withWorkers(({ startOnce }) =>
    startOnce({ ...job, submittedAtMs: 0 }, { memoryMb, shares }),
  );
  shares.close();
  console.log(JSON.stringify({ kernel, memoryMb, ...start }));
} catch (error) {
  if (!(error instanceof InvalidInputError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
