/** What engine local starts in place of the worker's bundle where a kernel's file is Python. */
import { join } from "node:path";
import { KERNEL_FILES } from "../../tools/bundling/dist.ts";
import { lacking, pythonEnvironment } from "../../tools/kernels/python.ts";
import { pythonOf } from "./pythons.ts";

/** Its packages may take long to import where the disk is cold, and more so where many workers start at once. */
const INIT_MS = 120_000;

/** Undefined for a kernel that is not Python's. Throws InvalidInputError where a package that it computes with is missing. */
export function pythonSlot(hash: string | undefined) {
  const python = pythonOf(hash);
  if (!python) return undefined;
  const { interpreter, file, lacks } = python;
  for (const name of lacks) throw lacking(interpreter, name);
  const artifact = join(KERNEL_FILES, `${hash}.py`);
  return {
    command: [interpreter, "-m", "manyhands", "slot", artifact, file] as const,
    initTimeoutMs: INIT_MS,
    environment: pythonEnvironment(),
  };
}
