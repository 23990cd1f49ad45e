/** Which deployment suits a job best, by simulating it on thousands of them. */
import { availableParallelism } from "node:os";
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import {
  CUTS,
  frontOf,
  kneeOfFront,
  SPACE,
  sizeOfSpace,
  type Tried,
  tryConfiguration,
  tryConfigurations,
} from "../../shared/plan/configurations.ts";
import { cutAgain } from "../../shared/plan/cut-again.ts";
import { estimateWork } from "../../shared/plan/estimate.ts";
import { capOfFleet, DEFAULT_FLEET } from "../../shared/plan/fleet-cap.ts";
import { enoughUsd } from "../../shared/plan/limit-of-round.ts";
import { planRound } from "../../shared/plan/plan.ts";
import type { Prediction } from "../../shared/plan/predict-here.ts";
import type { Prices } from "../../shared/plan/prices.ts";
import type { Range } from "../../shared/plan/ranges.ts";
import { DEFAULT_WORKERS } from "../../shared/plan/workers.ts";
import type { Job } from "../../shared/record/job.ts";
import { pricesHere } from "../prices/own-prices.ts";
import { planJob } from "./plan-job.ts";

export interface TuneOf {
  readonly job: Job;
  readonly kernel: LoadedKernel;
  /** Whether the job's chunks may be others than it has. */
  readonly mayCut: boolean;
  readonly region: string;
  /** A worker's, for a message. */
  readonly timeoutSeconds: number;
  /** At a time, on this machine's engines. */
  readonly workers: number;
}

export interface TunedJob {
  /** Every one on which the job could be done. */
  readonly all: readonly Tried[];
  /** What none of them beats in time and in cost, the fastest first. */
  readonly front: readonly Tried[];
  readonly knee: Tried;
  /** A limit that is probably enough at the knee. */
  readonly enoughUsd: number;
  /** A deployment without settings; undefined where the job could not be done there. */
  readonly byDefault: Tried | undefined;
  /** This machine's engine that is soonest. */
  readonly here: { readonly engine: string; readonly prediction: Prediction };
  /** CPU seconds on a core of this machine, and whether they were measured or estimated. */
  readonly compute: Range;
  readonly basis: "measured" | "estimated";
  readonly pricesDate: string;
}

/**
 * Times the job's chunks, at most for a second, then tries it on each configuration; `onTried` is told now and then how many are tried of how many.
 * Undefined where no worker could be through with a message. Never throws for what the kernel does.
 */
export async function tuneJob(
  { job, kernel, mayCut, region, timeoutSeconds, workers }: TuneOf,
  onTried: (tried: number, of: number) => void = () => {},
): Promise<TunedJob | undefined> {
  const byDefault = {
    ...{ memoryMb: DEFAULT_WORKERS.memoryMb, architecture: "arm64" as const, fleet: DEFAULT_FLEET },
    burst: capOfFleet(DEFAULT_FLEET).burst,
  };
  const { memoryMb, architecture, fleet } = byDefault;
  const { cost, compute, basis, pricesDate, engines } = await planJob({
    ...{ job, kernel, workers, cores: availableParallelism() },
    deployment: { memoryMb, architecture, region, timeoutSeconds, cap: capOfFleet(fleet) },
  });
  const prices = pricesHere(region);
  const asked = (cut: Job) => ({
    ...{ job: cut, kernel, cost, prices, timeoutSeconds },
    work: estimateWork({ ...cut.spec, measured: cut.measured }, kernel),
  });
  const asItIs = asked(job);
  const all: Tried[] = [];
  const cuts = mayCut ? CUTS : [1];
  const byShape = new Map<string, Job>();
  const most = cuts.length * sizeOfSpace(SPACE);
  for (const times of cuts) {
    const cut = times === 1 ? job : cutAgain(job, times);
    if (!cut) continue;
    byShape.set(cut.spec.chunkShape.join(), cut);
    for (const tried of tryConfigurations(cut === job ? asItIs : asked(cut))) {
      if (all.push(tried) % TOLD_EACH === 0) onTried(all.length, most);
    }
  }
  if (all.length === 0) return undefined;
  const front = frontOf(all);
  const knee = kneeOfFront(front);
  const { aws: _, ...here } = engines;
  const [engine, prediction] = Object.entries(here).reduce((a, b) =>
    b[1].seconds.expected < a[1].seconds.expected ? b : a,
  );
  return {
    ...{ all, front, knee, compute, pricesDate },
    enoughUsd: enoughAt(knee, byShape.get(knee.chunkShape.join()) ?? job, { kernel, prices, timeoutSeconds }),
    basis: basis === "measured" ? basis : "estimated",
    byDefault: tryConfiguration(asItIs, byDefault),
    here: { engine, prediction },
  };
}

function enoughAt(
  { memoryMb, architecture, fleet, usd }: Tried,
  job: Job,
  { kernel, prices, timeoutSeconds }: Pick<TuneOf, "kernel" | "timeoutSeconds"> & { readonly prices: Prices },
): number {
  const of = { memoryMb, architecture, timeoutSeconds, prices, ownMemoryMb: DEFAULT_WORKERS.memoryMb };
  const cap = capOfFleet(fleet);
  return enoughUsd(planRound(job, kernel, { workers: of, cap }), undefined, { ...of, cap }, usd.high);
}

const TOLD_EACH = 50;
