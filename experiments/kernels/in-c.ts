/** The twins' algorithm in C with 128-bit vectors, without the proofs: what the machine can do. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChunkArray } from "../../shared/kernels/dtype.ts";
import type { Case } from "./cases.ts";

/** Milliseconds by repeat, those of the processor by thread. */
export interface Times {
  readonly wallMs: readonly number[];
  readonly processorMs: readonly number[];
}

/** Not a compiler's best guess for this machine: with AVX-512 gcc's code takes a third more time. */
const FLAGS = process.arch === "x64" ? ["-mavx2", "-mfma"] : [];

/** Runs a case, whose values must be those of `plain`; undefined where there is no compiler, or it has no such case. */
export type RunInC = (each: Case, threads: number, repeats: number, plain: ChunkArray) => Times | undefined;

export function compileC(): RunInC {
  const folder = mkdtempSync(join(tmpdir(), "vectors-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, "vectors");
  const source = join(import.meta.dirname, "vectors.c");
  try {
    execFileSync("gcc", ["-O3", "-ffp-contract=off", "-pthread", ...FLAGS, "-o", program, source]);
  } catch (error) {
    console.error(`Nothing is measured in C: ${error instanceof Error ? error.message : error}`);
    return () => undefined;
  }
  return ({ kernel, parameters, rows, columns }, threads, repeats, plain) => {
    const { maxIterations, cRe, cIm } = parameters;
    if (maxIterations === undefined) return undefined;
    const numbers = [threads, repeats, maxIterations, Number(kernel.name === "julia"), cRe ?? 0, cIm ?? 0];
    const input = new Uint8Array(Float64Array.of(...rows, ...columns).buffer);
    const printed = execFileSync(program, [...numbers, rows.length, columns.length].map(String), {
      input,
      maxBuffer: 2 ** 30,
    });
    const { buffer } = Uint8Array.from(printed);
    new Uint32Array(buffer, 0, plain.length).forEach((value, k) => {
      if (value !== plain[k]) throw new Error(`${kernel.name}: cell ${k} is ${plain[k]}, in C ${value}`);
    });
    const times = new Float64Array(buffer.slice(4 * plain.length));
    return {
      wallMs: [...times].filter((_, k) => k % 2 === 0),
      processorMs: [...times].filter((_, k) => k % 2 === 1),
    };
  };
}
