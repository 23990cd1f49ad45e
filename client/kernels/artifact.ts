import { join } from "node:path";
import { readIfThere } from "../../shared/kernels/read-if-there.ts";
import { KERNEL_FILES } from "../../tools/bundling/dist.ts";

/** What was built of a kernel's file: its code, and its compiled twin where it names one. */
export interface Artifact {
  readonly code: Uint8Array;
  readonly fast?: Uint8Array | undefined;
  /** Whether only workers of Python compute it. */
  readonly isPython?: boolean;
}

/** The artifact of that hash, if it was built on this machine. */
export async function artifactOf(hash: string): Promise<Artifact | undefined> {
  const [script, fast, wasm, python] = await Promise.all(
    [".cjs", ".fast.wasm", ".wasm", ".py"].map((ending) =>
      readIfThere(join(KERNEL_FILES, `${hash}${ending}`)),
    ),
  );
  if (script) return { code: script, fast };
  if (wasm) return { code: wasm };
  return python && { code: python, isPython: true };
}
