/** A job on engine `local` whose slots have Lambda's share of CPU and whose S3 and SQS answer as late as AWS's, beside its prediction. */

import { setTimeout as sleep } from "node:timers/promises";
import { COLLECTING_HERE } from "../../client/predictions/plan-job.ts";
import { type Tried, tryConfiguration } from "../../shared/plan/configurations.ts";
import { estimateWork } from "../../shared/plan/estimate.ts";
import { FALLBACK_REGION } from "../../shared/plan/prices.ts";
import { REQUEST_MS } from "../../shared/plan/stage-times.ts";
import { ARCHITECTURES } from "../../shared/record/cost.ts";
import { runLocalJob } from "../measuring/local-job.ts";
import { builtIn } from "../measuring/requests.ts";
import { sum } from "../measuring/statistics.ts";
import { inTemporaryFolder } from "../measuring/temporary.ts";
import { openCpuShares } from "../throttled-slot/cpu-share.ts";
import { jobOf } from "./jobs.ts";
import type { Field } from "./recording.ts";
import { costOf, PRICES } from "./simulated.ts";

/** Its recorded parts are those of the job of 4,000 x 4,000: the same region. */
export const CONFIRMED = { kernel: "double-pendulum", points: [360, 360] } as const;
const TIMEOUT_SECONDS = 60;
const [ARM] = ARCHITECTURES;

/** Together as much CPU as two cores have at the most; chunks of the sides given. */
export const POINTS = [
  { memoryMb: 128, workers: 3, side: 30 },
  { memoryMb: 256, workers: 3, side: 60 },
  { memoryMb: 384, workers: 3, side: 40 },
  { memoryMb: 512, workers: 5, side: 90 },
  { memoryMb: 768, workers: 2, side: 60 },
] as const;
export type Point = (typeof POINTS)[number];

export interface Confirmed {
  /** From the splitter's invocation to the summary. */
  readonly seconds: number;
  readonly usd: number;
}

const requestOf = ({ side }: Point) => ({
  kernel: CONFIRMED.kernel,
  points: [...CONFIRMED.points],
  chunk: [side, side],
  output: { plots: true },
});

/** Throws InvalidInputError where cgroups are not to be had. */
export async function runPoint(point: Point): Promise<Confirmed> {
  const { memoryMb, workers } = point;
  const shares = openCpuShares();
  try {
    const { summary, wallMs } = await inTemporaryFolder((folder) =>
      runLocalJob(folder, requestOf(point), {
        workers,
        timeoutMs: 1000 * TIMEOUT_SECONDS,
        environment: { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: `${memoryMb}` },
        ramp: { acceleration: 1, burstConcurrency: 0 },
        standsFor: { memoryMb, architecture: ARM, region: FALLBACK_REGION },
        slots: { onDeliver: ({ name, pid }) => name.startsWith("worker") && shares.hold(pid, memoryMb) },
        intercept: (request, response, { routing }) =>
          void sleep(REQUEST_MS).then(() => routing(request, response)),
      }),
    );
    return { seconds: wallMs / 1000, usd: summary.cost?.usd ?? Number.NaN };
  } finally {
    shares.close();
  }
}

/** What the model says of it, as of any deployment; but reports come together as on engine local. */
export function predictPoint(point: Point, field: Field): Tried {
  const { memoryMb, workers } = point;
  const kernel = builtIn(CONFIRMED.kernel);
  const job = jobOf(kernel, CONFIRMED.points, { chunk: [point.side, point.side] });
  const perCell = field.split(" ").map((ns) => Number(ns) / 1e9);
  const total = (sum(perCell) / perCell.length) * CONFIRMED.points[0] * CONFIRMED.points[1];
  const asked = {
    ...{ job, kernel, prices: PRICES, work: estimateWork(job.spec, kernel), timeoutSeconds: TIMEOUT_SECONDS },
    cost: costOf(total),
    collecting: COLLECTING_HERE,
  };
  const tried = tryConfiguration(asked, { memoryMb, architecture: ARM, fleet: workers, burst: 0 });
  if (!tried) throw new RangeError(`Expected a worker with ${memoryMb} MB to hold its chunks`);
  return tried;
}
