/** From what a kernel's author wrote to a function that fills a chunk. */
import type { KernelSource } from "./authoring.ts";
import type { Declaration } from "./declaration.ts";
import type { Compute } from "./loaded.ts";
import { fillByPoints } from "./point-driver.ts";
import { exactly } from "./whole-numbers.ts";
import { fillByWindows } from "./window-driver.ts";

/** A kernel's functions, as its file gives them: an artifact's too. */
export type KernelCode = Pick<KernelSource, "point" | "fill" | "values">;

/** @example const compute = computeOf(code, declaration); */
export function computeOf({ point, fill, values }: KernelCode, declaration: Declaration): Compute {
  const isNamed = values !== undefined || declaration.values.length > 1; // one value may come by its name too
  return point
    ? fillByPoints(point as never, declaration, isNamed)
    : exactly(fillByWindows(fill as never, declaration, isNamed));
}
