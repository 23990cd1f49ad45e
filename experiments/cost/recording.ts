/** What a job's parts take on one core, from computing the same grid with fewer points. */

import { pointsOf } from "../../shared/array/grid.ts";
import { elementsIn, type Layout, layoutOf } from "../../shared/array/layout.ts";
import { makeArray } from "../../shared/kernels/dtype.ts";
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import type { Job } from "../../shared/record/job.ts";
import { median } from "../measuring/statistics.ts";
import { jobOf, type SimulatedJob } from "./jobs.ts";

/** CPU time a cell (ns), by part, row-major: one line of numbers. */
export type Field = string;

/** Short parts are computed again, until they have taken this long together: the clock and the caches would be most of them. */
const ENOUGH_MS = 4;
const MOST_REPEATS = 9;
/** Until then the engine compiles what it interprets at first. */
const WARM_MS = 300;

/** Computes each part of the recorded points by the kernel that a worker would use. */
export function recordField(kernel: LoadedKernel, { recorded, parts }: SimulatedJob): Field {
  const chunk = recorded.map((points, axis) => points / parts[axis]!);
  const job = jobOf(kernel, recorded, { chunk });
  const layout = layoutOf(job.spec);
  const warmed = performance.now();
  for (let part = 0; performance.now() - warmed < WARM_MS; part = (part + 7) % layout.total)
    cpuMsOf(kernel, job, layout, part);
  const times = Array.from({ length: layout.total }, (_, part) => {
    const runs: number[] = [];
    let spentMs = 0;
    while (runs.length < MOST_REPEATS && (runs.length === 0 || spentMs < ENOUGH_MS)) {
      const ms = cpuMsOf(kernel, job, layout, part);
      runs.push(ms);
      spentMs += ms;
    }
    return (median(runs) * 1e6) / layout.chunk(part).elements;
  });
  return times.map((ns) => ns.toPrecision(4)).join(" ");
}

/** The process's CPU time, which other programs' load changes less than the clock's. */
function cpuMsOf(kernel: LoadedKernel, { spec }: Job, layout: Layout, part: number): number {
  const { from, shape } = layout.chunk(part);
  const axes = spec.axes.map((axis, k) => ({
    input: axis.input ?? "",
    values: pointsOf(axis, from[k]!, from[k]! + shape[k]!),
  }));
  const out = spec.values.map(({ dtype }) => makeArray(dtype, elementsIn(shape)));
  const window = { parameters: spec.parameters, axes, from, shape: layout.shape, seed: spec.seed };
  const before = process.cpuUsage();
  (kernel.fast ?? kernel.compute)(window, out);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Seconds by chunk of the job, each taken to cost as many times its cells as the parts that it lies in. */
export function chunkSeconds({ spec }: Job, { parts }: SimulatedJob, field: Field): Float64Array {
  const perCell = field.split(" ").map((ns) => Number(ns) / 1e9);
  const layout = layoutOf(spec);
  return Float64Array.from({ length: layout.total }, (_, index) => {
    const { from, shape, elements } = layout.chunk(index);
    const shares = parts.map((count, axis) =>
      overlaps(from[axis]!, shape[axis]!, layout.shape[axis]!, count),
    );
    let mean = 0;
    for (const { part, share } of products(shares, parts)) mean += share * perCell[part]!;
    return mean * elements;
  });
}

interface Share {
  readonly part: number;
  readonly share: number;
}

/** Which of `count` equal parts of an axis a stretch lies in, and with which share of itself. */
function overlaps(from: number, length: number, whole: number, count: number): Share[] {
  const [start, end] = [(from * count) / whole, ((from + length) * count) / whole];
  const shares: Share[] = [];
  for (let part = Math.floor(start); part < Math.min(count, end); part++) {
    const share = (Math.min(end, part + 1) - Math.max(start, part)) / (end - start);
    if (share > 0) shares.push({ part, share });
  }
  return shares;
}

function products(axes: readonly (readonly Share[])[], counts: readonly number[]): Share[] {
  return axes.reduce<Share[]>(
    (before, axis, k) =>
      before.flatMap((one) =>
        axis.map(({ part, share }) => ({ part: one.part * counts[k]! + part, share: one.share * share })),
      ),
    [{ part: 0, share: 1 }],
  );
}
