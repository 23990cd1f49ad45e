/** What the cells of a kernel in Python take, told by a process of Python that computes blocks of them. */
import { join } from "node:path";
import type { JobSpec } from "../../shared/array/spec.ts";
import { printable } from "../../shared/validation/printable.ts";
import { KERNEL_FILES } from "../../tools/bundling/dist.ts";
import { askPython } from "../../tools/kernels/python.ts";
import { notePython, type PythonKernel } from "./pythons.ts";

export interface BlockSample {
  readonly seconds: number;
  readonly cells: number;
}

/** What is waited for beyond the budget: a block may be begun just before its end. */
const PATIENCE_MS = 500;
/** Loading may take long, and so may compiling a first cell. */
const MOST_START_MS = 60_000;

/**
 * The samples of the longest blocks; "dear" where not one block was through in time, "unknown" where the function throws. Throws
 * InvalidInputError where the function is not what a kernel's must be, or a package that it computes with is missing.
 */
export async function timePython(
  hash: string,
  kernel: PythonKernel,
  { parameters, axes, seed }: Pick<JobSpec, "parameters" | "axes" | "seed">,
  budgetMs: number,
): Promise<readonly BlockSample[] | "dear" | "unknown"> {
  const { interpreter: python, file } = kernel;
  const over = new AbortController();
  const abort = () => over.abort();
  let timer = setTimeout(abort, MOST_START_MS);
  const answers = await askPython({
    ...{ python, file, signal: over.signal },
    arguments: ["time", join(KERNEL_FILES, `${hash}.py`), file],
    input: { parameters, axes, seed, budgetSeconds: budgetMs / 1000 },
    onAnswer: ({ begun }) => {
      if (begun !== true) return;
      clearTimeout(timer);
      timer = setTimeout(abort, budgetMs + PATIENCE_MS);
    },
  }).finally(() => clearTimeout(timer));
  const { thrown } = answers.at(-1) ?? {};
  if (typeof thrown === "string") notePython(hash, { ...kernel, thrown: printable(thrown) });
  const samples = answers.filter((answer) => "cells" in answer) as unknown as BlockSample[];
  if (samples.length === 0) return over.signal.aborted ? "dear" : "unknown";
  const most = Math.max(...samples.map(({ cells }) => cells));
  const longest = samples.filter(({ cells }) => cells === most);
  return longest.length > 1 ? longest.slice(1) : longest; // the first one warms caches
}
