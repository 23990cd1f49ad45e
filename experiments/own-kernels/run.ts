/** Measures a user's kernel in TypeScript beside the same one compiled from other languages, and what a call costs. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadArtifact } from "../../shared/kernels/artifact.ts";
import { computeOf } from "../../shared/kernels/driver.ts";
import { loadWasm } from "../../shared/kernels/load-wasm.ts";
import type { ChunkWindow, Compute } from "../../shared/kernels/loaded.ts";
import { firstDifference } from "../../shared/kernels/twin-difference.ts";
import { buildKernel } from "../../tools/kernels/build-kernel.ts";
import { buildWasm } from "../../tools/kernels/build-wasm.ts";
import { experiment } from "../measuring/experiment.ts";
import { usedHere } from "../measuring/processes.ts";
import { CALLED, callWindow } from "./called.ts";
import { CALLS_SIDE, page, REPEATS, SIDE } from "./page.ts";

const EXAMPLE = join(import.meta.dirname, "../../examples/kernels/magnets");
const LANGUAGES = ["c", "c-fill", "rust", "zig", "assemblyscript"] as const;

const WINDOW = {
  parameters: { friction: 0.2, height: 0.25, steps: 1500 },
  axes: ["y", "x"].map((input) => ({ input, values: coordinates(SIDE) })),
  ...{ from: [0, 0], shape: [SIDE, SIDE], seed: 0 },
};
const outOf = () => [new Float64Array(SIDE * SIDE)];

await experiment("own-kernels", measure, page);

/** What results.json holds. */
export type Results = Awaited<ReturnType<typeof measure>>;

async function measure() {
  return { languages: await measureLanguages(), calls: measureCalls() };
}

/** The processor's time, all in turn in one process. */
async function measureLanguages() {
  const folder = mkdtempSync(join(tmpdir(), "own-kernels-"));
  try {
    const said = execFileSync(join(EXAMPLE, "build.sh"), [folder], { encoding: "utf8" });
    const { artifact, declaration } = await buildKernel(join(EXAMPLE, "magnets.ts"), { folder });
    const compute = computeOf(loadArtifact(artifact) as never, declaration);
    const plain = { declaration, compute };
    const measured = [{ language: "typescript", sizeBytes: artifact.length, ...plain, ms: [] as number[] }];
    for (const language of LANGUAGES) {
      if (!said.includes(`${language}: ${folder}`)) continue; // no compiler, as build.sh says
      const { artifact: bytes, name, hash } = await buildWasm(join(folder, language, "magnets.wasm"));
      const { compute } = loadWasm({ name, hash, bytes });
      const difference = firstDifference({ ...plain, fast: compute }, WINDOW, outOf);
      if (difference)
        throw new RangeError(`${language} differs from TypeScript: ${JSON.stringify(difference)}`);
      measured.push({ language, sizeBytes: bytes.length, declaration, compute, ms: [] });
    }
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      for (const { compute, ms } of measured) ms.push(time(compute, WINDOW, outOf()));
      console.error(`round ${repeat + 1} of ${REPEATS}`);
    }
    return measured.map(({ language, sizeBytes, ms }) => ({ language, sizeBytes, ms }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function coordinates(points: number): Float64Array {
  return Float64Array.from({ length: points }, (_, k) => -2 + (4 * k) / points);
}

/** Of kernels that do next to nothing. */
function measureCalls() {
  const measured = CALLED.map(({ what, compute, values }) => ({
    what,
    compute,
    out: Array.from({ length: values }, () => new Float64Array(CALLS_SIDE ** 2)),
    ms: [] as number[],
  }));
  const window = callWindow(CALLS_SIDE);
  for (let repeat = -REPEATS; repeat < REPEATS; repeat++) {
    for (const { compute, out, ms } of measured) {
      const took = time(compute, window, out);
      if (repeat >= 0) ms.push(took); // the first rounds let V8 compile
    }
  }
  return measured.map(({ what, ms }) => ({ what, ms }));
}

function time(compute: Compute, window: ChunkWindow, out: Float64Array[]): number {
  const before = process.cpuUsage();
  compute(window, out);
  return usedHere(before).cpuMs;
}
