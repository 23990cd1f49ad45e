/** Where a job is computed, and by how many: the checks that every way of starting one makes. */
import { availableParallelism } from "node:os";
import type { Engine } from "../client/engines/engine.ts";
import {
  DEFAULT_ENGINE,
  ENGINES,
  type EngineAsked,
  engineAsked,
  engineNamed,
  MOST_WORKERS,
  type NameOf,
} from "../client/engines/engines.ts";
import type { JobPlace } from "../client/jobs/job-store.ts";
import type { LoadedKernel } from "../shared/kernels/loader.ts";
import { InvalidInputError } from "../shared/validation/errors.ts";
import { show } from "../shared/validation/parse.ts";

/** The library calls a field by its name, the command line by its option. */
export const byField: NameOf = (field) => field;

export type { NameOf };

export interface PlaceAsked extends EngineAsked {
  readonly workers?: number | undefined;
}

export interface Place {
  readonly engine: Engine;
  readonly at: JobPlace;
  readonly workers: number;
}

/** Throws InvalidInputError that names the field. */
export function placeAsked({ workers, ...asked }: PlaceAsked, nameOf = byField): Place {
  const engine = engineAsked(asked, nameOf) ?? engineNamed(DEFAULT_ENGINE);
  const at = jobPlace(asked);
  return { engine, at, workers: workersOf(engine, at, workers, nameOf("workers")) };
}

/** Those of the options that say where jobs are. */
export const jobPlace = ({ stack, redis, store }: JobPlace): JobPlace => ({ stack, redis, store });

/** A request that travels may say how its fleet is to start on AWS; an option is meant for this run. Throws InvalidInputError. */
export function checkRamp({ name, hasRamp }: Engine, ramp: string | undefined, nameOf = byField): void {
  if (ramp === undefined || hasRamp) return;
  const expected = `left out on engine ${name}, which has no fleet to fill`;
  throw new InvalidInputError(nameOf("ramp"), expected, show(ramp));
}

/** Throws InvalidInputError on an engine whose jobs cost nothing. */
export function checkLimit({ name, isPriced }: Engine, maxUsd: number | undefined, nameOf = byField): void {
  if (maxUsd === undefined || isPriced) return;
  const expected = `left out on engine ${name}, where nothing is billed`;
  throw new InvalidInputError(nameOf("maxUsd"), expected, show(maxUsd));
}

/** Throws InvalidInputError on an engine of which no plan knows anything: other machines' processors, for one. */
export function checkPlanned({ name, isPlanned }: Engine, field: string): void {
  if (isPlanned) return;
  const expected = `left out on engine ${name}: how fast its machines are is not known here`;
  const hint = "`manyhands plan` says what this machine and a deployment would take.";
  throw new InvalidInputError(field, expected, "it", hint);
}

/** Throws InvalidInputError for a kernel that the engine's workers do not compute, or whose workers keep no accounts. */
export const checkLanguage =
  ({ name, hasPython }: Engine, nameOf = byField) =>
  (
    kernel: Pick<LoadedKernel, "name" | "declaration">,
    { maxUsd }: { readonly maxUsd?: number | undefined },
  ) => {
    if (kernel.declaration.language !== "python") return;
    const none = `left out for ${kernel.name}: workers of Python keep no accounts`;
    if (maxUsd !== undefined) throw new InvalidInputError(nameOf("maxUsd"), none, show(maxUsd));
    if (hasPython) return;
    const those = [...ENGINES.values()].filter((engine) => engine.hasPython).map((engine) => engine.name);
    const expected = `${those.join(" or ")} for ${kernel.name}, whose file is Python`;
    throw new InvalidInputError(nameOf("engine"), expected, show(name));
  };

/** For what a splitter refused, which names the request's field: the caller may know it by another name. Throws the same error. */
export function namingLimit(nameOf: NameOf): (error: unknown) => never {
  return (error) => {
    if (error instanceof Error) {
      const known = `Expected ${nameOf("maxUsd")} to be `;
      error.message = error.message.replace(/^Expected maxUsd to be /, () => known);
    }
    throw error;
  };
}

/** What `--workers` may say at the most, or the clause that says where the number is set instead. */
export function mostWorkers(
  { workers, ...engine }: Engine,
  at: JobPlace,
): number | { readonly setBy: string } {
  if ("most" in workers) return workers.most;
  const own = engine.isRemote && !engine.isNamed(at) ? engine.mostOwnWorkers : undefined;
  return own ?? workers;
}

/** How many at a time. */
function workersOf(engine: Engine, at: JobPlace, given: number | undefined, field: string): number {
  if (given === undefined) return availableParallelism();
  const { name } = engine;
  const most = mostWorkers(engine, at);
  if (typeof most !== "number")
    throw new InvalidInputError(field, `left out on engine ${name}, ${most.setBy}`, show(given));
  const isWhole = Number.isInteger(given) && given >= 1;
  if (isWhole && given <= most) return given;
  // One beyond what any engine takes is no matter of this one.
  const where = isWhole && given <= MOST_WORKERS ? ` on engine ${name}` : "";
  const expected =
    where !== "" && most === 1 ? "1" : `a whole number from 1 to ${where ? most : MOST_WORKERS}`;
  throw new InvalidInputError(field, expected + where, show(given));
}
