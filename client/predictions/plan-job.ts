/** What a job will take and cost on each engine, from what its chunks take here. */
import { isMap } from "../../shared/array/spec.ts";
import type { Stage } from "../../shared/build/bundling.ts";
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import type { Planned } from "../../shared/messages/planned.ts";
import type { Tariff } from "../../shared/plan/bill.ts";
import { enoughUsd, type PricedFor } from "../../shared/plan/limit-of-round.ts";
import { peakMemoryMb } from "../../shared/plan/peak-memory.ts";
import { packRound, planFleet, planRound, type Round, type RoundPlan } from "../../shared/plan/plan.ts";
import { fleetFor, type PlannedDeployment } from "../../shared/plan/planned-deployment.ts";
import {
  type Deployed,
  flowOf,
  heaviestSeconds,
  predictDeployed,
} from "../../shared/plan/predict-deployed.ts";
import {
  type ChunksCost,
  LOCAL_ENGINES,
  type Prediction,
  predictHere,
} from "../../shared/plan/predict-here.ts";
import { FALLBACK_REGION } from "../../shared/plan/prices.ts";
import { fleetOf } from "../../shared/plan/ramp.ts";
import { corrected, correctionBy, type Range, scaled } from "../../shared/plan/ranges.ts";
import { picturesOf } from "../../shared/plan/requests.ts";
import { type Verdict, verdictOf } from "../../shared/plan/verdict.ts";
import { DEFAULT_WORKERS } from "../../shared/plan/workers.ts";
import type { Cap } from "../../shared/ports/fleet.ts";
import type { Job } from "../../shared/record/job.ts";
import type { Plan } from "../../shared/record/plan.ts";
import { type CellCost, chunksCost } from "../kernels/cell-cost.ts";
import { builtIns } from "../kernels/loader.ts";
import { pricesHere } from "../prices/own-prices.ts";
import { cellsKey, jobKey } from "./job-key.ts";
import { type History, type Predictions, readHistory, runsOn } from "./own-predictions.ts";

export interface PlanOf {
  readonly job: Job;
  readonly kernel: LoadedKernel;
  /** What was found where its cells were timed, to cut the job by it. */
  readonly cost?: CellCost | undefined;
  readonly deployment: PlannedDeployment;
  /** At a time, on this machine's engines, which has as many cores. */
  readonly workers: number;
  readonly cores: number;
  /** Where it goes on: only what it lacks is planned. */
  readonly round?: Round | undefined;
}

export interface JobPlan {
  /** `enoughUsd`: a limit that is probably enough; absent where nothing is billed. */
  readonly engines: Readonly<Record<string, Prediction & { readonly enoughUsd?: number }>>;
  readonly verdict: Verdict;
  /** CPU seconds on a core of this machine. */
  readonly compute: Range;
  /** What the kernel's runs have corrected. */
  readonly cost: ChunksCost;
  /** `measured` by chunks that were computed here; `estimated` where none was through in time, or each threw; `assumed` of a task's items. */
  readonly basis: "measured" | "estimated" | "assumed";
  /** Peak memory (MB) of each stage's process. */
  readonly peakMemoryMb: Readonly<Record<Stage, number>>;
  /** How long the heaviest message occupies one of the deployment's workers. */
  readonly heaviestSeconds: Range;
  readonly figures: Plan;
  readonly pricesDate: string;
  /** To be remembered until the job has run. */
  readonly predictions: Predictions;
  /** Runs by which each engine's prediction is corrected. */
  readonly runs: Readonly<Record<string, number>>;
}

/** Splitter and aggregator have the memory of the default, whatever the workers have. */
const OWN_MEMORY_MB = DEFAULT_WORKERS.memoryMb;
/** The stated rate is too low by 5 to 11, as measured on one machine: what a job takes by it is an upper bound. */
const STATED_IS_TOO_LOW = { low: 12, expected: 6, high: 2 };
/** How many times sooner a task's items may be through than is assumed. */
const ITEMS_VARY = 100;
/** Runs correct jobs that take up to this many times as long or as short: a start is most of a brief one. */
const LIKE = 4;

/** How engine local hands reports to the aggregator, where nothing can be lost. */
export const COLLECTING_HERE = { mostReports: 50, windowSeconds: 0.25, checks: 0 };

/** Times the job's chunks, at most for a second. Reads what runs have taught, and keeps nothing. Never throws for what the kernel does. */
export async function planJob({
  job,
  kernel,
  cost: seen,
  deployment,
  workers,
  cores,
  round,
}: PlanOf): Promise<JobPlan> {
  const history = readHistory();
  const { timeoutSeconds, architecture, region } = deployment;
  const { memoryMb, cap } = fleetFor(kernel.declaration, deployment);
  // Items wait more than they compute: each worker has its own, and not a core.
  const lanes = isMap(job.spec) ? workers : Math.min(workers, cores);
  const packed = (of: Job, work?: Float64Array) =>
    packRound(of, kernel, { memoryMb, timeoutSeconds }, round, work);
  const estimated = packed(job);
  const { basis, cost: raw } = await costOf(
    { job, kernel, cost: seen, round },
    planFleet(estimated, { cap }).figures,
    lanes,
  );
  const missed = missesOf(history, "compute", { kernel: kernelKey(kernel) });
  const cost = { ...raw, seconds: scaled(raw.seconds, correctionBy(missed)) };
  // As the splitter will, which is told what was measured; of a job that goes on it knows only what it was told then.
  const sent =
    basis === "measured" && !round
      ? packed({ ...job, computeSeconds: cost.seconds.expected }, estimated.messages.work)
      : estimated;
  const planHere = planRound(
    job,
    kernel,
    {
      cap: { mapping: workers, burst: 0 },
      ...{ collecting: COLLECTING_HERE, expectedSeconds: cost.seconds.expected / lanes },
    },
    round,
  );
  const here = planHere.figures;
  const prices = pricesHere(region);
  const tariff = { architecture, memoryMb: deployment.memoryMb, prices };
  const about = { pictures: picturesOf(job), isOwn: !builtIns.has(kernel.name) };

  const { figures, ramp } = planFleet(sent, { cap });
  const deployed: Deployed = { tariff, cap, ramp, ownMemoryMb: OWN_MEMORY_MB };
  const expectedSeconds = flowOf(figures, cost.seconds.expected, deployed).seconds;
  const there = planFleet(sent, { cap, expectedSeconds });
  const standsFor: Tariff = {
    ...{ architecture: "arm64" as const, memoryMb: OWN_MEMORY_MB },
    prices: pricesHere(FALLBACK_REGION),
  };
  const predicted = (cost: ChunksCost) => {
    const byEngine: Record<string, Prediction> = {};
    for (const engine of LOCAL_ENGINES)
      byEngine[engine] = predictHere({ figures: here, cost, ...about }, engine, {
        ...{ workers, cores: lanes, tariff: standsFor },
      });
    byEngine.aws = predictDeployed({ figures: there.figures, cost, ...about }, deployed);
    return byEngine;
  };
  // Computing is corrected by the kernel's runs first: the engine's own are then those of what it adds.
  const [uncorrected, computed] = [predicted(raw), predicted(cost)];
  const likeIt = (engine: string) => ({
    engine: runsOn(engine, isMap(job.spec)),
    seconds: computed[engine]!.seconds.expected,
  });
  const correct = (engine: string, prediction: Prediction): Prediction => ({
    ...prediction,
    compute: corrected(uncorrected[engine]!.compute, missed),
    seconds: corrected(prediction.seconds, missesOf(history, "seconds", likeIt(engine))),
    usd: corrected(prediction.usd, missesOf(history, "usd", likeIt(engine))),
  });
  const engines: { [Engine in string]: JobPlan["engines"][Engine] } = Object.fromEntries(
    Object.entries(computed).map(([engine, prediction]) => [engine, correct(engine, prediction)]),
  );
  const limited = (engine: string, plan: RoundPlan, of: Omit<PricedFor, "ownMemoryMb">) => {
    const prediction = engines[engine]!;
    const at = { ...of, ownMemoryMb: OWN_MEMORY_MB };
    engines[engine] = { ...prediction, enoughUsd: enoughUsd(plan, round, at, prediction.usd.high) };
  };
  limited("aws", there, { ...tariff, timeoutSeconds, cap });
  limited("local", planHere, {
    ...{ ...standsFor, timeoutSeconds: DEFAULT_WORKERS.timeoutSeconds },
    cap: { mapping: workers, burst: 0 },
  });
  const told = ({ seconds, usd }: Prediction): Planned => ({ seconds, usd, pricesDate: prices.date });
  const predictions: Predictions = {
    ...{ job: jobKey(job), kernel: kernelKey(kernel) },
    ...(seen && { cells: { job: cellsKey(job.spec), cost: seen } }),
    byEngine: Object.fromEntries(
      Object.entries(computed).map(([engine, { seconds, usd }]) => [
        engine,
        {
          ...{ seconds: seconds.expected, usd: usd.expected },
          compute: uncorrected[engine]!.compute.expected,
          told: told(engines[engine]!),
        },
      ]),
    ),
  };
  const { aws, serial, ...others } = engines;
  // Workers of Node compute no file of Python.
  const isPython = kernel.declaration.language === "python";
  const onThisMachine = isPython ? { local: others.local! } : { serial: serial!, ...others };
  const heaviest = (cpu: number) => heaviestSeconds(there.figures, cpu, memoryMb);
  const { compute } = serial!;
  return {
    ...{
      engines: { ...onThisMachine, aws: aws! },
      compute,
      cost,
      basis,
      predictions,
      figures: there.figures,
      pricesDate: prices.date,
    },
    verdict: verdictOf(onThisMachine, aws!, mostOf(there.ramp, cap)),
    peakMemoryMb: peakMemoryMb(job, memoryMb),
    heaviestSeconds: {
      low: heaviest(compute.low),
      expected: heaviest(compute.expected),
      high: heaviest(compute.high),
    },
    runs: Object.fromEntries(
      Object.keys(engines).map((engine) => [engine, missesOf(history, "seconds", likeIt(engine)).length]),
    ),
  };
}

/** A task may have effects, so none of its items is run: they are taken to last about as long as their shards were cut for, their limit at the most. */
async function costOf(
  { job, kernel, cost, round }: Pick<PlanOf, "job" | "kernel" | "cost" | "round">,
  { seconds: { compute } }: Plan,
  lanes: number,
): Promise<{ readonly basis: JobPlan["basis"]; readonly cost: ChunksCost }> {
  const unknown = { warmUp: 0, together: 1, share: { alone: 1, together: 1 } };
  const { spec, measured, items } = job;
  if (items && measured) {
    const count = round?.missing ? round.missing.length * items.perShard : items.count;
    const expected = count * measured.meanSeconds;
    const seconds = { low: expected / ITEMS_VARY, expected, high: count * measured.mostSeconds };
    return { basis: "assumed", cost: { ...unknown, seconds } };
  }
  const named = { name: kernel.name, hash: kernel.hash };
  // Cells that are too dear to be waited for, or throw, are not tried again.
  const timed =
    typeof cost === "string" ? cost : await chunksCost(named, { ...spec, measured }, lanes, round?.missing);
  if (typeof timed !== "string") return { basis: "measured", cost: timed };
  const { low, expected, high } = STATED_IS_TOO_LOW;
  const seconds = { low: compute / low, expected: compute / expected, high: compute / high };
  return { basis: "estimated", cost: { ...unknown, seconds } };
}

/** The most workers that a job may have at a time. */
const mostOf = (ramp: "mapping" | "burst", cap: Cap) =>
  fleetOf({ messages: Number.POSITIVE_INFINITY }, cap, ramp === "burst" ? cap.burst : 0);

function missesOf(
  { runs }: History,
  what: "seconds" | "usd" | "compute",
  of: { readonly engine?: string; readonly kernel?: string; readonly seconds?: number },
): number[] {
  return runs
    .filter((run) => run.engine === (of.engine ?? run.engine) && run.kernel === (of.kernel ?? run.kernel))
    .filter(({ predicted }) => Math.abs(Math.log(predicted / (of.seconds ?? predicted))) <= Math.log(LIKE))
    .flatMap((run) => run[what] ?? []);
}

const kernelKey = ({ name, hash }: Pick<LoadedKernel, "name" | "hash">) => `${name} ${hash ?? ""}`.trim();
