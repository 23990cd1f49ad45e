/** The tables of the page, each of what was recorded. */

import { elementsIn } from "../../shared/array/layout.ts";
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import {
  type Configuration,
  kneeOfFront,
  type Tried,
  tryConfiguration,
} from "../../shared/plan/configurations.ts";
import { capOfFleet } from "../../shared/plan/fleet-cap.ts";
import { grouped, median } from "../measuring/statistics.ts";
import { columnsFor, type Table, tableOf } from "../measuring/table.ts";
import type { ByMemory } from "./by-memory.ts";
import { POINTS, predictPoint } from "./confirmation.ts";
import { JOBS } from "./jobs.ts";
import { type Leaving, leavingAt } from "./leaving.ts";
import type { Results } from "./run.ts";
import { schedule } from "./scheduled.ts";
import { type Cut, costOf, DEFAULT, onDeployment, type Simulated } from "./simulated.ts";

/** Two digits that count. */
export const digits = (value: number): string =>
  value >= 100 ? grouped(Math.round(value)) : String(Number(value.toPrecision(2)));
const usdDigits = (value: number): string => value.toFixed(Math.max(2, 1 - Math.floor(Math.log10(value))));
const timeAndCost = ({ seconds, usd }: Tried) => `${digits(seconds.expected)} s, ${usdDigits(usd.expected)}`;

/** The front's ends, its knee and the default, for each job. */
export function frontTable(jobs: readonly Simulated[]): Table {
  const rows = jobs.flatMap(({ front, auto }, k) => {
    const named = {
      fastest: front[0]!,
      knee: kneeOfFront(front),
      cheapest: front.at(-1)!,
      default: onDeployment(auto),
    };
    return Object.entries(named).map(([name, tried]) => ({ job: JOBS[k]!.title, name, tried }));
  });
  return tableOf("What none of the others beats, and the default", rows, {
    job: ({ job, name }) => (name === "fastest" ? job : ""),
    "": ({ name }) => name,
    "memory (MB)": ({ tried }) => tried.memoryMb,
    architecture: ({ tried }) => tried.architecture,
    workers: ({ tried }) => tried.fleet,
    "of them by splitters": ({ tried }) => tried.burst,
    ramp: ({ tried }) => tried.ramp,
    chunk: ({ tried }) => tried.chunkShape.join(" x "),
    "time (s)": ({ tried }) => digits(tried.seconds.expected),
    "cost (USD)": ({ tried }) => usdDigits(tried.usd.expected),
  });
}

export function memoryTable(rows: readonly ByMemory[]): Table {
  const mean = (of: (mean: NonNullable<ByMemory["mean"]>) => number) => (row: ByMemory) =>
    row.mean ? of(row.mean).toFixed(2) : "cannot run all";
  return tableOf(
    "The default deployment with other memories: time and USD of each job; geometric means over the jobs, by the least of any memory",
    rows,
    {
      "memory (MB)": ({ memoryMb }) => memoryMb,
      ...columnsFor(
        JOBS.map((job, at) => ({ ...job, at })),
        ({ title }) => title.replace(/ \(.*/, ""),
        ({ tried }: ByMemory, { at }) => (tried[at] ? timeAndCost(tried[at]) : "does not fit"),
      ),
      time: mean(({ seconds }) => seconds),
      cost: mean(({ usd }) => usd),
      "time x cost": mean(({ product }) => product),
    },
  );
}

export function chunkTable(jobs: readonly Simulated[]): Table {
  const rows = jobs.flatMap(({ cuts }, k) =>
    cuts.map((cut) => ({ job: JOBS[k]!.title, cut, tried: tryConfiguration(cut, DEFAULT) })),
  );
  return tableOf("The default deployment with other chunks than those of auto", rows, {
    job: ({ job, cut }) => (cut.times === 0.5 ? job : ""),
    "sides by those of auto": ({ cut }) => cut.times,
    chunk: ({ cut }) => cut.job.spec.chunkShape.join(" x "),
    chunks: ({ cut }) => grouped(cut.work.length),
    "time (s)": ({ tried }) => (tried ? digits(tried.seconds.expected) : "exceeds the timeout"),
    "cost (USD)": ({ tried }) => (tried ? usdDigits(tried.usd.expected) : ""),
  });
}

export function rampTable(jobs: readonly Simulated[]): Table {
  const fleets = [20, 100, 300, DEFAULT.fleet];
  const rows = jobs.flatMap(({ auto }, k) =>
    [0, 1].map((burst) => ({ job: JOBS[k]!.title, auto, isBurst: burst === 1 })),
  );
  return tableOf("How workers are started, with 1769 MB and as many workers at a time", rows, {
    job: ({ job, isBurst }) => (isBurst ? "" : job),
    "started by": ({ isBurst }) =>
      isBurst ? "splitters too, where `auto` finds it worth it" : "the mapping alone",
    ...columnsFor(
      fleets,
      (fleet) => `${fleet} workers`,
      ({ auto, isBurst }: (typeof rows)[number], fleet) =>
        timeAndCost(onDeployment(auto, { fleet, burst: isBurst ? capOfFleet(fleet).burst : 0 })),
    ),
  });
}

/** Cost by how much longer a core of arm64 takes than one of x86_64. */
export function architectureTable(jobs: readonly Simulated[]): Table {
  return tableOf("arm64 beside x86_64, on the default deployment", jobs, {
    job: ({ auto }) => JOBS[jobs.findIndex((each) => each.auto === auto)]!.title,
    "arm64 (USD)": ({ auto }) => usdDigits(onDeployment(auto).usd.expected),
    "x86_64 (USD)": ({ auto }) => usdDigits(onDeployment(auto, { architecture: "x86_64" }).usd.expected),
    "arm64 is cheaper until its cores take": ({ auto }) => `${breakEven(auto)} times as long`,
  });
}

/** Beyond it a message of one of the jobs would exceed the timeout. */
const MOST_SLOWER = 8;

function breakEven(cut: Cut): string {
  const x86 = onDeployment(cut, { architecture: "x86_64" }).usd.expected;
  const slower = (times: number) => {
    const cost = costOf(times * cut.cost.seconds.expected);
    return onDeployment({ ...cut, cost }).usd.expected;
  };
  let [low, high] = [1, MOST_SLOWER];
  if (slower(high) < x86) return `more than ${MOST_SLOWER}`;
  while (high - low > 0.001) {
    const middle = (low + high) / 2;
    if (slower(middle) < x86) low = middle;
    else high = middle;
  }
  return low.toFixed(2);
}

/** As soon, twice and ten times as soon as here. */
const TIMES = [1, 2, 10];

export interface LeavingRow {
  readonly kernel: string;
  readonly times: number;
  readonly at: Leaving;
}

/** A kernel each: from where on a deployment is as fast, twice and ten times as fast. */
export function leavingRows(kernels: readonly LoadedKernel[], fields: Results["fields"]): LeavingRow[] {
  const seen = new Set<string>();
  return JOBS.flatMap((job, k) => {
    if (seen.has(job.kernel) || k === 0) return [];
    seen.add(job.kernel);
    const found = leavingAt(kernels[k]!, job, fields[k]!, TIMES);
    return Array.from(found, ([times, at]) => ({ kernel: job.kernel, times, at }));
  });
}

export function leavingTable(rows: readonly LeavingRow[]): Table {
  return tableOf(
    "When it is worth leaving this machine (2 cores): the smallest job that the default deployment has done",
    rows,
    {
      kernel: ({ kernel, times }) => (times === 1 ? kernel : ""),
      "": ({ times }) => (times === 1 ? "as soon" : `${times} times as soon`),
      points: ({ at }) => `${at.points.map(grouped).join(" x ")} (${millions(elementsIn(at.points))})`,
      "computing on a core (s)": ({ at }) => digits(at.computeSeconds),
      "here (s)": ({ at }) => digits(at.hereSeconds),
      "there (s)": ({ at }) => digits(at.there.seconds.expected),
      "cost (USD)": ({ at }) => usdDigits(at.there.usd.expected),
    },
  );
}

const millions = (cells: number) =>
  cells >= 1e6 ? `${digits(cells / 1e6)} million` : grouped(Number(cells.toPrecision(2)));

export function scheduledTable(jobs: readonly Simulated[]): Table {
  const deployments: Omit<Configuration, "memoryMb">[] = [
    [900, 720] as const,
    [100, 80] as const,
    [100, 0] as const,
    [20, 0] as const,
  ].map(([fleet, burst]) => ({ architecture: "arm64", fleet, burst }));
  return tableOf(
    "The workers' part in s with 1769 MB: by the model, and with each message handed to the worker that is free first",
    jobs,
    {
      job: ({ auto }) => JOBS[jobs.findIndex((each) => each.auto === auto)]!.title,
      ...columnsFor(
        deployments,
        ({ fleet, burst }) => `${fleet} workers, ${burst} of them by splitters`,
        ({ auto }: Simulated, deployment) => {
          const { model, scheduled } = schedule(auto, deployment);
          return `${digits(model)}, ${digits(scheduled)}`;
        },
      ),
    },
  );
}

export interface ConfirmedPoint {
  readonly point: (typeof POINTS)[number];
  readonly predicted: Tried;
  readonly seconds: number;
  readonly usd: number;
}

/** Medians of the rounds. */
export function confirmedPoints({ confirmed, fields }: Results): ConfirmedPoint[] {
  const field = fields[JOBS.findIndex(({ kernel }) => kernel === "double-pendulum")]!;
  return POINTS.map((point, k) => ({
    ...{ point, predicted: predictPoint(point, field) },
    seconds: median(confirmed.map((round) => round[k]!.seconds)),
    usd: median(confirmed.map((round) => round[k]!.usd)),
  }));
}

export function confirmationTable(points: readonly ConfirmedPoint[]): Table {
  const held = ({ low, high }: Tried["usd"], actual: number) =>
    low <= actual && actual <= high ? "yes" : "no";
  const between = ({ expected, low, high }: Tried["usd"], text: (value: number) => string) =>
    `${text(expected)} (${text(low)} to ${text(high)})`;
  return tableOf("Predicted and measured on engine local, with throttled slots and late answers", points, {
    "memory (MB)": ({ point }) => point.memoryMb,
    workers: ({ point }) => point.workers,
    chunk: ({ point }) => `${point.side} x ${point.side}`,
    "predicted (s)": ({ predicted }) => between(predicted.seconds, digits),
    "measured (s)": ({ seconds }) => digits(seconds),
    "time held": ({ predicted, seconds }) => held(predicted.seconds, seconds),
    "predicted (USD)": ({ predicted }) => between(predicted.usd, usdDigits),
    "metered (USD)": ({ usd }) => usdDigits(usd),
    "cost held": ({ predicted, usd }) => held(predicted.usd, usd),
  });
}
