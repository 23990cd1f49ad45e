/** From what a kernel's author wrote to a function that fills a chunk. */
import type { KernelSource } from "./authoring.ts";
import type { Declaration } from "./declaration.ts";
import type { Compute } from "./loaded.ts";
import { fillByPoints } from "./point-driver.ts";
import { fillByWindows } from "./window-driver.ts";

/** A kernel's functions, as its file gives them: an artifact's too. */
export type KernelCode = Pick<KernelSource, "point" | "fill">;

/** @example const compute = computeOf(code, declaration); */
export function computeOf({ point, fill }: KernelCode, declaration: Declaration): Compute {
  return point ? fillByPoints(point as never, declaration) : fillByWindows(fill as never, declaration);
}
