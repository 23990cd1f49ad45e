/** A recorded job on thousands of deployments, cut in several ways, by the model that `manyhands plan` and `tune` have. Pure. */
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import {
  type Asked,
  frontOf,
  SPACE,
  type Tried,
  tryConfigurations,
} from "../../shared/plan/configurations.ts";
import { estimateWork } from "../../shared/plan/estimate.ts";
import { planRound } from "../../shared/plan/plan.ts";
import { predictHere } from "../../shared/plan/predict-here.ts";
import { FALLBACK_REGION, pricesOf } from "../../shared/plan/prices.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { sum } from "../measuring/statistics.ts";
import { jobOf, type SimulatedJob } from "./jobs.ts";
import { chunkSeconds, type Field } from "./recording.ts";

/** A chunk's sides, by those of `auto`. */
export const CUTS = [0.5, 1, 2, 4] as const;
export const PRICES = pricesOf(FALLBACK_REGION);
/** This machine's, for what a job takes without a deployment. */
export const CORES = 2;

/** A job as it is cut in one way. */
export interface Cut extends Asked {
  readonly times: number;
}

/** The ways to cut the job that its limits allow; that of `auto` among them. */
export function cutsOf(kernel: LoadedKernel, simulated: SimulatedJob, field: Field): Cut[] {
  const ns = field.split(" ").map(Number);
  const measured = kernel.work
    ? undefined
    : { meanSeconds: sum(ns) / ns.length / 1e9, mostSeconds: Math.max(...ns) / 1e9 };
  const auto = jobOf(kernel, simulated.points, { measured });
  return CUTS.flatMap((times) => {
    const chunk = auto.spec.chunkShape.map((side, axis) =>
      Math.min(Math.max(1, Math.round(side * times)), simulated.points[axis]!),
    );
    try {
      const job = times === 1 ? auto : jobOf(kernel, simulated.points, { measured, chunk });
      return [cutOf(kernel, job, simulated, field, times)];
    } catch (error) {
      if (error instanceof InvalidInputError) return [];
      throw error;
    }
  });
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
    compute: { low: total, expected: total, high: total },
    work: seconds.map((each) => (each * stated) / total),
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
  const cuts = cutsOf(kernel, job, field);
  const auto = cuts.find(({ times }) => times === 1)!;
  const all = cuts.flatMap((cut) =>
    [...tryConfigurations(cut, SPACE)].map((tried) => ({ ...tried, times: cut.times })),
  );
  return { cuts, auto, all, front: frontOf(all), hereSeconds: hereSeconds(auto) };
}

function hereSeconds({ job, kernel, compute }: Cut): number {
  const known = {
    figures: planRound(job, kernel, { cap: { mapping: CORES, burst: 0 } }).figures,
    ...{ compute, hasPictures: job.output.plots },
  };
  const tariff = { architecture: "arm64", memoryMb: 1769, prices: PRICES } as const;
  const engines = (["serial", "threads"] as const).map(
    (engine) => predictHere(known, engine, { workers: CORES, cores: CORES, tariff }).seconds.expected,
  );
  return Math.min(...engines);
}
