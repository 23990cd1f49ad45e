/**
 * What the maths of kernels takes and errs beside Math.*, and how large it is. The exact values are mpmath's: PYTHON
 * names an interpreter that has it (default: python3).
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";
import type * as maths from "../../shared/kernels/maths/index.ts";
import { randomOf } from "../../shared/kernels/maths/random.ts";
import { ulpsBetween } from "../../test/helpers/ulps.ts";
import { experiment } from "../measuring/experiment.ts";
import { ROOT } from "../measuring/machine.ts";
import { inTemporaryFolder } from "../measuring/temporary.ts";
import { ERROR_INPUTS, page, RANGES, type Range, ROUNDS } from "./page.ts";

type Maths = Omit<typeof maths, "MATHS_VERSION">;
type Compute = (x: number, y: number) => number;

const INPUTS = 4096;
/** Loops a round: about a millisecond, short enough to be left alone by other work now and then. */
const REPEATS = 10;

await experiment("maths", () => inTemporaryFolder(measure), page);

export type Results = Awaited<ReturnType<typeof measure>>;

async function measure(folder: string) {
  const file = bundled(folder);
  const all: Maths = createRequire(import.meta.url)(file);
  const text = readFileSync(file);
  const functions = Object.entries(RANGES).map(([name, range]) => {
    const [ours, engines] = [all, Math].map((from) => from[name as keyof Maths] as Compute) as [
      Compute,
      Compute,
    ];
    const result = { name, ...times(ours, engines, range), ...errors(name, ours, engines) };
    console.error(JSON.stringify(result));
    return result;
  });
  return { minifiedBytes: text.length, gzipBytes: gzipSync(text).length, functions };
}

/** The maths as a kernel has it: in one file with all that it takes. */
function bundled(folder: string): string {
  const outfile = join(folder, "maths.cjs");
  const entryPoints = [join(ROOT, "shared/kernels/maths/index.ts")];
  buildSync({ entryPoints, outfile, bundle: true, minify: true, format: "cjs", platform: "node" });
  return outfile;
}

/** Nanoseconds of CPU time a call, the least of all rounds. */
function times(ours: Compute, engines: Compute, [xFrom, xTo, yFrom, yTo]: Range) {
  const random = randomOf(1, 0);
  const inputs = (from: number, to: number) =>
    Float64Array.from({ length: INPUTS }, () => from + (to - from) * random());
  const x = inputs(xFrom, xTo);
  const y = yFrom === undefined || yTo === undefined ? undefined : inputs(yFrom, yTo);
  const loops = [loopOf(ours, x, y), loopOf(engines, x, y)] as const;
  const round = () => loops.map(nsOf) as [number, number];
  const rounds = Array.from({ length: ROUNDS }, round);
  const least = (which: 0 | 1) => Math.min(...rounds.map((each) => each[which]));
  return { oursNs: least(0), enginesNs: least(1) };
}

/** A loop of its own for each function, as V8 compiles a kernel's. */
function loopOf(compute: Compute, x: Float64Array, y: Float64Array | undefined): () => number {
  const call = y === undefined ? "compute(x[i])" : "compute(x[i], y[i])";
  const body = `return () => { let sum = 0; for (let i = 0; i < x.length; i++) sum += ${call}; return sum; }`;
  return new Function("compute", "x", "y", body)(compute, x, y);
}

function nsOf(loop: () => number): number {
  const from = process.cpuUsage();
  for (let repeat = 0; repeat < REPEATS; repeat++) loop();
  const { user, system } = process.cpuUsage(from);
  return ((user + system) * 1e3) / (INPUTS * REPEATS);
}

/** The largest errors in units of the last place. */
function errors(name: string, ours: Compute, engines: Compute) {
  const program = [join(ROOT, "test/python/maths/golden_maths.py"), name, `${ERROR_INPUTS}`, "2"];
  const out = execFileSync(process.env.PYTHON ?? "python3", program, { maxBuffer: 2 ** 30 });
  const rows = new Float64Array(new Uint8Array(out).buffer);
  const largest = { oursUlps: 0, enginesUlps: 0 };
  for (let at = 0; at < rows.length; at += 4) {
    const [x, y, rounded, lacks] = rows.subarray(at, at + 4) as unknown as [number, number, number, number];
    largest.oursUlps = Math.max(largest.oursUlps, ulpsBetween(ours(x, y), rounded, lacks));
    largest.enginesUlps = Math.max(largest.enginesUlps, ulpsBetween(engines(x, y), rounded, lacks));
  }
  return largest;
}
