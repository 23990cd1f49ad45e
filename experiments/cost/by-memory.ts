/** Which memory a deployment should have where nothing is set: the jobs on the default deployment, with other memories. Pure. */
import { SPACE, type Tried, tryConfiguration } from "../../shared/plan/configurations.ts";
import { kneeOf } from "../../shared/plan/knee.ts";
import { sum } from "../measuring/statistics.ts";
import { type Cut, DEFAULT } from "./simulated.ts";

export interface ByMemory {
  readonly memoryMb: number;
  /** A job each; undefined where a worker would lack memory or time. */
  readonly tried: readonly (Tried | undefined)[];
  /** Geometric means over the jobs, of each by the least that any memory has; undefined where it cannot run them all. */
  readonly mean: { readonly seconds: number; readonly usd: number; readonly product: number } | undefined;
}

export function byMemory(jobs: readonly Cut[]): ByMemory[] {
  const rows = SPACE.memoriesMb.map((memoryMb) => ({
    memoryMb,
    tried: jobs.map((cut) => tryConfiguration(cut, { ...DEFAULT, memoryMb })),
  }));
  const meanOf = (tried: readonly Tried[], of: (one: Tried) => number) => {
    const least = jobs.map((_, k) =>
      Math.min(...rows.flatMap((row) => (row.tried[k] ? of(row.tried[k]) : []))),
    );
    return Math.exp(sum(tried.map((one, k) => Math.log(of(one) / least[k]!))) / tried.length);
  };
  return rows.map((row) => {
    const tried = row.tried.filter((one) => one !== undefined);
    const mean = tried.length === jobs.length && {
      seconds: meanOf(tried, ({ seconds }) => seconds.expected),
      usd: meanOf(tried, ({ usd }) => usd.expected),
      product: meanOf(tried, ({ seconds, usd }) => seconds.expected * usd.expected),
    };
    return { ...row, mean: mean || undefined };
  });
}

type Mean = NonNullable<ByMemory["mean"]>;
type Whole = ByMemory & { readonly mean: Mean };

/** Those that can run all jobs. */
const whole = (rows: readonly ByMemory[]): Whole[] =>
  rows.flatMap(({ mean, ...row }) => (mean ? [{ ...row, mean }] : []));

/** As on a front. */
export function kneeMemory(rows: readonly ByMemory[]): Whole {
  return kneeOf(
    whole(rows),
    ({ mean }) => mean.seconds,
    ({ mean }) => mean.usd,
  );
}

/** One that can run all jobs. */
export function meanAt(rows: readonly ByMemory[], memoryMb: number): Mean {
  const row = whole(rows).find((each) => each.memoryMb === memoryMb);
  if (!row) throw new RangeError(`Expected workers with ${memoryMb} MB to hold a message of each job`);
  return row.mean;
}
