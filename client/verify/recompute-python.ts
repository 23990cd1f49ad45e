/** Chunks of a kernel in Python computed again: a process of Python each. */
import { join } from "node:path";
import type { LoadedKernel } from "../../shared/kernels/loaded.ts";
import { KernelError } from "../../shared/validation/errors.ts";
import { KERNEL_FILES } from "../../tools/bundling/dist.ts";
import { askPython } from "../../tools/kernels/python.ts";
import type { PythonKernel } from "../kernels/pythons.ts";
import { type Comparison, recompute } from "./recompute.ts";
import type { RecomputeTask } from "./recompute-thread.ts";

/** Importing and computing: as long as a worker may take. */
const MOST_MS = 15 * 60_000;

/** Compares as `recompute` does, and throws as it does. */
export function comparingInPython(kernel: LoadedKernel, { interpreter: python, file }: PythonKernel) {
  return async ({ spec, chunk, encoded }: RecomputeTask): Promise<Comparison> => {
    const answers = await askPython({
      ...{ python, file, input: { spec, chunk }, signal: AbortSignal.timeout(MOST_MS) },
      arguments: ["compute", join(KERNEL_FILES, `${kernel.hash}.py`), file],
    });
    const computed = (k: number) =>
      Buffer.concat(
        answers.flatMap(({ value, bytes }) => (value === k ? [Buffer.from(String(bytes), "base64")] : [])),
      );
    return recompute(spec, chunk, encoded, {
      ...kernel,
      compute: (_, out) => {
        const { thrown } = answers.at(-1) ?? {};
        if (typeof thrown === "string") throw new KernelError(thrown);
        for (const [k, array] of out.entries()) {
          const bytes = computed(k);
          new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(bytes);
        }
      },
    });
  };
}
