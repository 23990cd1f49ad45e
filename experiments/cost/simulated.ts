/** A recorded job on thousands of deployments, cut in several ways, by the model that `manyhands plan` and `tune` have. Pure. */
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import {
  type Asked,
  type Configuration,
  CUTS,
  frontOf,
  SPACE,
  type Tried,
  tryConfiguration,
  tryConfigurations,
} from "../../shared/plan/configurations.ts";
import { cutAgain } from "../../shared/plan/cut-again.ts";
import { estimateWork } from "../../shared/plan/estimate.ts";
import { capOfFleet, DEFAULT_FLEET } from "../../shared/plan/fleet-cap.ts";
import { planRound } from "../../shared/plan/plan.ts";
import { type ChunksCost, predictHere } from "../../shared/plan/predict-here.ts";
import { FALLBACK_REGION, pricesOf } from "../../shared/plan/prices.ts";
import { picturesOf } from "../../shared/plan/requests.ts";
import { DEFAULT_WORKERS, SHARED_CORES } from "../../shared/plan/workers.ts";
import { sum } from "../measuring/statistics.ts";
import { jobOf, type SimulatedJob } from "./jobs.ts";
import { chunkSeconds, type Field } from "./recording.ts";

export const PRICES = pricesOf(FALLBACK_REGION);
/** This machine's, for what a job takes without a deployment. */
const CORES = 2;

/** A job as it is cut in one way. */
export interface Cut extends Asked {
  readonly times: number;
}

/** The ways to cut the job that its limits allow; that of `auto` among them. */
function cutsOf(auto: Cut, simulated: SimulatedJob, field: Field): Cut[] {
  return CUTS.flatMap((times) => {
    if (times === 1) return [auto];
    const other = cutAgain(auto.job, times);
    return other ? [cutOf(auto.kernel, other, simulated, field, times)] : [];
  });
}

/** Throws InvalidInputError for an array beyond the limits. */
export function autoCut(kernel: LoadedKernel, simulated: SimulatedJob, field: Field): Cut {
  const ns = field.split(" ").map(Number);
  const measured = kernel.work
    ? undefined
    : { meanSeconds: sum(ns) / ns.length / 1e9, mostSeconds: Math.max(...ns) / 1e9 };
  return cutOf(kernel, jobOf(kernel, simulated.points, { measured }), simulated, field, 1);
}

/** Packed by what was recorded, at the rate by which a splitter estimates. */
function cutOf(
  kernel: LoadedKernel,
  job: Asked["job"],
  simulated: SimulatedJob,
  field: Field,
  times: number,
): Cut {
  const seconds = chunkSeconds(job, simulated, field);
  const total = sum(seconds);
  const stated = sum(estimateWork({ ...job.spec, measured: job.measured }, kernel));
  return {
    ...{ job, kernel, times, prices: PRICES },
    cost: costOf(total),
    work: seconds.map((each) => (each * stated) / total),
  };
}

/** Of a recorded job, whose threads share cores as they were measured to. */
export function costOf(seconds: number): ChunksCost {
  return {
    seconds: { low: seconds, expected: seconds, high: seconds },
    ...{ warmUp: 0, together: 1 / SHARED_CORES, share: { alone: 1, together: 1 } },
  };
}

export interface Simulated {
  readonly cuts: readonly Cut[];
  /** As `auto` cuts it. */
  readonly auto: Cut;
  readonly all: readonly (Tried & { readonly times: number })[];
  readonly front: Simulated["all"];
  /** Of the engines of this machine the fastest. */
  readonly hereSeconds: number;
}

export function simulate(kernel: LoadedKernel, job: SimulatedJob, field: Field): Simulated {
  const auto = autoCut(kernel, job, field);
  const cuts = cutsOf(auto, job, field);
  const all = cuts.flatMap((cut) =>
    [...tryConfigurations(cut, SPACE)].map((tried) => ({ ...tried, times: cut.times })),
  );
  return { cuts, auto, all, front: frontOf(all), hereSeconds: hereSeconds(auto) };
}

/** Of the engines of this machine the fastest. */
export function hereSeconds({ job, kernel, cost }: Asked): number {
  const known = {
    figures: planRound(job, kernel, { cap: { mapping: CORES, burst: 0 } }).figures,
    ...{ cost, pictures: picturesOf(job), isOwn: job.spec.hash !== undefined },
  };
  const tariff = { architecture: "arm64", memoryMb: 1769, prices: PRICES } as const;
  const engines = (["serial", "threads"] as const).map(
    (engine) => predictHere(known, engine, { workers: CORES, cores: CORES, tariff }).seconds.expected,
  );
  return Math.min(...engines);
}

/** A deployment without settings. */
export const DEFAULT: Configuration = {
  ...{ memoryMb: DEFAULT_WORKERS.memoryMb, architecture: "arm64", fleet: DEFAULT_FLEET },
  burst: capOfFleet(DEFAULT_FLEET).burst,
};

/** A job on one of the deployments that hold it. */
export function onDeployment(cut: Asked, more: Partial<Configuration> = {}): Tried {
  const tried = tryConfiguration(cut, { ...DEFAULT, ...more });
  if (!tried) throw new RangeError("Expected a deployment whose workers hold a message of the job");
  return tried;
}
