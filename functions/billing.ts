import type { Tariff } from "../shared/plan/bill.ts";
import { pricesOf } from "../shared/plan/prices.ts";
import { thisFunction } from "../shared/ports/aws/this-function.ts";
import { ENV } from "../shared/validation/env.ts";
import { EnvironmentError } from "../shared/validation/errors.ts";

/** What a stage's job is billed by. */
export interface Billing extends Pick<Tariff, "architecture" | "prices"> {
  /** The stage's own; splitter and aggregator have the same. */
  readonly memoryMb: number;
}

/** By what Lambda tells its functions; a slot of this machine is told nothing, and its requests are metered. */
export function billingHere(): Billing | undefined {
  const here = thisFunction();
  if (!here) return undefined;
  const architecture = process.arch === "arm64" ? "arm64" : "x86_64";
  return { architecture, memoryMb: here.memoryMb, prices: pricesOf(here.region) };
}

/** By the deployment that a slot of this machine stands for: `arm64 us-east-1 1769`. Throws EnvironmentError. */
export function billingStoodFor(given = process.env[ENV.standsFor]): Billing | undefined {
  if (given === undefined) return undefined;
  const [, architecture, region, memoryMb] = /^(arm64|x86_64) (\S+) (\d+)$/.exec(given) ?? [];
  if (region === undefined)
    throw new EnvironmentError(
      `Expected ${ENV.standsFor} to be "arm64 us-east-1 1769", say, got ${JSON.stringify(given)}.`,
    );
  return {
    architecture: architecture === "arm64" ? "arm64" : "x86_64",
    memoryMb: Number(memoryMb),
    prices: pricesOf(region),
  };
}
