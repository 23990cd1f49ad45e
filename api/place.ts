/** Where a job is computed, and by how many: the checks that every way of starting one makes. */
import { availableParallelism } from "node:os";
import type { Engine } from "../client/engines/engine.ts";
import { DEFAULT_ENGINE, ENGINES, engineNamed, MOST_WORKERS } from "../client/engines/engines.ts";
import type { LoadedKernel } from "../shared/kernels/loader.ts";
import { STACK_NAME } from "../shared/validation/env.ts";
import { InvalidInputError } from "../shared/validation/errors.ts";
import { show } from "../shared/validation/parse.ts";

/** How sentences call a field: the library by its name, the command line by its option. */
export type NameOf = (field: string) => string;
export const byField: NameOf = (field) => field;

export interface PlaceAsked {
  readonly engine?: string | undefined;
  readonly stack?: string | undefined;
  readonly workers?: number | undefined;
}

export interface Place {
  readonly engine: Engine;
  readonly stack: string;
  readonly workers: number;
}

/** Throws InvalidInputError that names the field. */
export function placeAsked({ engine: named, stack, workers }: PlaceAsked, nameOf = byField): Place {
  const engine = engineNamed(named ?? DEFAULT_ENGINE, nameOf("engine"));
  return { engine, stack: stack ?? STACK_NAME, workers: workersOf(engine, workers, nameOf("workers")) };
}

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

/** Throws InvalidInputError for a kernel that the engine's workers do not compute, or whose workers keep no accounts. */
export function checkLanguage(
  engine: Engine,
  { name, declaration }: Pick<LoadedKernel, "name" | "declaration">,
  maxUsd: number | undefined,
  nameOf = byField,
): void {
  if (declaration.language !== "python") return;
  if (maxUsd !== undefined)
    throw new InvalidInputError(
      nameOf("maxUsd"),
      `left out for ${name}: workers of Python keep no accounts`,
      show(maxUsd),
    );
  if (engine.hasPython) return;
  const those = [...ENGINES.values()].filter(({ hasPython }) => hasPython).map((each) => each.name);
  throw new InvalidInputError(
    nameOf("engine"),
    `${those.join(" or ")} for ${name}, whose file is Python`,
    show(engine.name),
  );
}

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

/** How many at a time. */
function workersOf({ name, workers: declared }: Engine, given: number | undefined, field: string): number {
  if (given === undefined) return availableParallelism();
  if ("setBy" in declared)
    throw new InvalidInputError(field, `left out on engine ${name}, ${declared.setBy}`, show(given));
  const { most } = declared;
  const isWhole = Number.isInteger(given) && given >= 1;
  if (isWhole && given <= most) return given;
  // One beyond what any engine takes is no matter of this one.
  const where = isWhole && given <= MOST_WORKERS ? ` on engine ${name}` : "";
  const expected =
    where !== "" && most === 1 ? "1" : `a whole number from 1 to ${where ? most : MOST_WORKERS}`;
  throw new InvalidInputError(field, expected + where, show(given));
}
