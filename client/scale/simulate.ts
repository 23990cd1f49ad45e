/** The curve of a job's times beyond the workers that it was run on, by the models that plan and tune have. Pure. */
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import { tryConfiguration } from "../../shared/plan/configurations.ts";
import { estimateWork } from "../../shared/plan/estimate.ts";
import { capOfFleet } from "../../shared/plan/fleet-cap.ts";
import { planRound } from "../../shared/plan/plan.ts";
import { fleetFor } from "../../shared/plan/planned-deployment.ts";
import {
  type ChunksCost,
  fixedSeconds,
  type LocalEngine,
  predictHere,
} from "../../shared/plan/predict-here.ts";
import type { Prices } from "../../shared/plan/prices.ts";
import type { Range } from "../../shared/plan/ranges.ts";
import { DEFAULT_WORKERS } from "../../shared/plan/workers.ts";
import type { Job } from "../../shared/record/job.ts";
import type { MeasuredRun, Scaling } from "./scaling.ts";

export interface SimulatedWidth {
  readonly workers: number;
  /** On a machine as this one that has a core for each worker. */
  readonly seconds: number;
  /** Against the fewest workers that were run, as those of the measured widths are. */
  readonly speedUp: number;
  readonly efficiency: number;
  /** On a deployment that may have as many workers; absent where none of them would be through with a message. */
  readonly aws?: {
    /** Those that the splitter starts, or the mapping, until the job is done. */
    readonly workers: number;
    readonly seconds: Range;
    readonly usd: Range;
    readonly speedUp: number;
  };
}

export interface Simulation {
  readonly widths: readonly SimulatedWidth[];
  /** The measured width that the times here go on from, and what of its time stays in all of them: start and end, and what the model does not explain. */
  readonly from: { readonly workers: number; readonly seconds: number; readonly keptSeconds: number };
  /** More workers than these have nothing to do. */
  readonly messages: number;
  /** A deployment's worker's. */
  readonly memoryMb: number;
  readonly pricesDate: string;
}

export interface SimulationOf {
  readonly job: Job;
  readonly kernel: LoadedKernel;
  readonly engine: LocalEngine;
  readonly prices: Prices;
  readonly most: number;
}

/**
 * What the chunks take comes from the runs, and from the widest width that has a core for each worker all that is around them. More workers
 * shorten what the model says that they do, and nothing else. Throws RangeError where there is no such width.
 */
export function simulate(
  scaling: Scaling,
  runs: readonly MeasuredRun[],
  { job, kernel, engine, prices, most }: SimulationOf,
): Simulation {
  const widest = scaling.widths.findLast(({ workers }) => workers <= scaling.cores);
  const [base] = scaling.widths;
  if (!base || !widest) throw new RangeError("Expected a width that has a core for each worker, got none");
  const cost = costOf(base.run, widest.run, runs);
  const { figures } = planRound(job, kernel);
  const { memoryMb } = DEFAULT_WORKERS;
  const computing = (workers: number) => {
    const known = { figures, cost, pictures: 0, isOwn: false };
    const tariff = { architecture: "arm64", memoryMb, prices } as const;
    const { seconds } = predictHere(known, engine, { workers, cores: workers, tariff });
    return seconds.expected - fixedSeconds(engine) / cost.share.alone;
  };
  const { seconds: whole, phases } = widest.run;
  const [measured, modelled] = [phases.compute ?? 0, computing(widest.workers)];
  const keptSeconds = whole - Math.min(measured, modelled);
  const factor = Math.min(1, measured / modelled);
  const speedUp = (seconds: number) => (base.run.seconds / seconds) * base.workers;
  const asked = {
    job,
    kernel,
    cost,
    prices,
    work: estimateWork({ ...job.spec, measured: job.measured }, kernel),
  };
  const widths = widthsTo(most, widest.workers).map((workers): SimulatedWidth => {
    const seconds = keptSeconds + factor * computing(workers);
    const { cap } = fleetFor(kernel.declaration, { memoryMb, cap: capOfFleet(workers) });
    const there = { memoryMb, architecture: "arm64", fleet: workers, burst: cap.burst } as const;
    const tried = tryConfiguration(asked, there);
    return {
      ...{ workers, seconds, speedUp: speedUp(seconds), efficiency: speedUp(seconds) / workers },
      ...(tried && {
        aws: {
          ...{ workers: tried.workers, seconds: tried.seconds, usd: tried.usd },
          speedUp: speedUp(tried.seconds.expected),
        },
      }),
    };
  });
  return {
    ...{ widths, from: { workers: widest.workers, seconds: whole, keptSeconds } },
    ...{ messages: figures.messages, memoryMb, pricesDate: prices.date },
  };
}

/** By the runs of the fewest workers; how much longer the same chunks take beside each other, by those of the most that have a core each. */
function costOf(base: MeasuredRun, widest: MeasuredRun, runs: readonly MeasuredRun[]): ChunksCost {
  const alike = runs.filter(({ workers }) => workers === base.workers).map(({ compute }) => compute);
  return {
    seconds: { low: Math.min(...alike), expected: base.compute, high: Math.max(...alike) },
    ...{ warmUp: 0, together: Math.max(1, widest.compute / base.compute) },
    // What a worker does beside computing, it does while others do, too: it stores, and waits for a core that other programs use.
    share: { alone: shareOf(base), together: shareOf(widest) },
  };
}

const shareOf = ({ compute, busy }: MeasuredRun) => Math.min(1, compute / busy) || 1;

const STEPS = [1, 2, 5];

/** 1, 2 and 5 times the powers of ten above `from`, and the last one. */
function widthsTo(most: number, from: number): number[] {
  const widths: number[] = [];
  for (let power = 1; power < most; power *= 10)
    for (const step of STEPS) if (step * power > from && step * power < most) widths.push(step * power);
  return [...widths, most];
}
