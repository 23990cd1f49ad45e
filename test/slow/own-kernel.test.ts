import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadArtifact } from "../../shared/kernels/artifact.ts";
import { computeOf } from "../../shared/kernels/driver.ts";
import { loadWasm } from "../../shared/kernels/load-wasm.ts";
import type { ChunkWindow, Compute } from "../../shared/kernels/loaded.ts";
import { firstDifference } from "../../shared/kernels/twin-difference.ts";
import { twinOf } from "../../shared/kernels/wasm-twin.ts";
import { type BuiltKernel, buildKernel } from "../../tools/kernels/build-kernel.ts";
import { buildWasm } from "../../tools/kernels/build-wasm.ts";

const EXAMPLE = join(import.meta.dirname, "../../examples/kernels/magnets");
const folder = mkdtempSync(join(tmpdir(), "own-kernel-"));
/** What build.sh says of each language, a line each. */
const told = new Map(
  execFileSync(join(EXAMPLE, "build.sh"), [folder], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.split(": ") as [string, string]),
);

let plain: BuiltKernel & { readonly compute: Compute };

beforeAll(async () => {
  const built = await buildKernel(join(EXAMPLE, "magnets.ts"), { folder: join(folder, "kept") });
  const source = loadArtifact(built.artifact);
  plain = { ...built, compute: computeOf(source as never, built.declaration) };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An odd number of columns, for the one that computes two at a time; and an input swept that is not by default. */
const WINDOWS: readonly ChunkWindow[] = [
  {
    parameters: { friction: 0.2, height: 0.25, steps: 400 },
    axes: [axis("y", -2, 2, 40), axis("x", -2, 2, 41)],
    ...{ from: [0, 0], shape: [40, 41], seed: 0 },
  },
  {
    parameters: { y: 0.7, friction: 0.01, steps: 400 },
    axes: [axis("x", -2, 2, 7), axis("height", 0.1, 1, 9)],
    ...{ from: [0, 0], shape: [7, 9], seed: 0 },
  },
];

function axis(input: string, from: number, to: number, points: number) {
  const values = Float64Array.from({ length: points }, (_, k) => from + (k * (to - from)) / points);
  return { input, values };
}

describe("the example's kernel gives the same bits as its TypeScript when it is built from", () => {
  for (const language of ["c", "c-fill", "rust", "zig", "assemblyscript"]) {
    const reason = told.get(language) ?? "build.sh says nothing of it";
    const isBuilt = reason.endsWith(".wasm");
    test.skipIf(!isBuilt && language !== "assemblyscript")(
      `${language}: ${isBuilt ? "built" : reason}`,
      async () => {
        const built = await buildWasm(join(folder, language, "magnets.wasm"));
        const form = language === "c-fill" ? "fill" : "point";
        expect(built.declaration).toEqual({ ...plain.declaration, form });
        const { compute } = loadWasm({ name: built.name, hash: built.hash, bytes: built.artifact });
        const twin = twinOf(plain.declaration, built.artifact, "magnets.wasm");
        for (const window of WINDOWS) {
          const outOf = () => [
            new Float64Array(window.shape.reduce((product, points) => product * points, 1)),
          ];
          expect(firstDifference({ ...plain, fast: compute }, window, outOf)).toBeUndefined();
          expect(firstDifference({ ...plain, fast: twin }, window, outOf)).toBeUndefined();
          const [out] = outOf();
          compute(window, [out!]);
          expect(Math.min(...out!)).toBeGreaterThan(0); // it computed: a pendulum that is let go moves
        }
      },
    );
  }
});
