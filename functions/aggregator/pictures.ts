import { drawHeatmap } from "../../plots/heatmap.ts";
import type { ArrayPicture, PlotAxis, Timeline } from "../../plots/picture.ts";
import { drawSurface } from "../../plots/surface.ts";
import { drawTimeline } from "../../plots/timeline.ts";
import { type Axis, coordinates } from "../../shared/array/grid.ts";
import type { Kernel, KernelAxis } from "../../shared/kernels/kernel.ts";
import type { Job } from "../../shared/record/job.ts";
import type { Summary } from "../../shared/record/summary.ts";
import { atWork } from "./at-work.ts";
import type { Ledger } from "./ledger.ts";

/** The job's pictures by name, drawn from what the reports brought. */
export function* drawPictures(
  job: Job,
  kernel: Kernel,
  summary: Summary,
  ledger: Ledger,
): Generator<readonly [name: string, png: Uint8Array]> {
  const picture = arrayPicture(job, kernel, ledger);
  yield ["heatmap", drawHeatmap(picture)];
  if (picture.y) yield ["surface", drawSurface(picture, { detail: job.output.plot3d ? "fine" : "quick" })];
  yield ["timeline", drawTimeline(timeline(job, kernel, summary, ledger))];
}

function arrayPicture(job: Job, kernel: Kernel, ledger: Ledger): ArrayPicture {
  const [x, y] = job.spec.axes.toReversed();
  const [yAxis, xAxis] = kernel.axes;
  return {
    title: titleOf(job, kernel),
    value: kernel.value,
    y: y && plotAxis(y, yAxis),
    x: plotAxis(x as Axis, xAxis),
    overview: ledger.overview,
    colormap: job.output.colormap,
    scale: job.output.scale,
  };
}

/** Kernel, shape, and what of its parameters is not as usual. */
function titleOf({ spec }: Pick<Job, "spec">, kernel: Kernel): string {
  const unusual = Object.entries(spec.parameters)
    .filter(([name, value]) => value !== kernel.parameters[name]?.default)
    .map(([name, value]) => `${name} ${value}`);
  return [spec.kernel, spec.axes.map(({ count }) => count).join(" x "), ...unusual].join(", ");
}

function plotAxis(axis: Axis, { name, unit }: KernelAxis): PlotAxis {
  const [last = axis.from] = coordinates(axis, axis.count - 1, axis.count);
  return { name, unit, first: axis.from, last };
}

/** Slots in the order in which they began to work. */
export function timeline(job: Pick<Job, "spec">, kernel: Kernel, summary: Summary, ledger: Ledger): Timeline {
  const { fromMs } = atWork(ledger);
  const firstStart = new Map<number, number>();
  const startOfRequest = new Map<string, number>();
  const bars: { slot: number; startMs: number; durationMs: number }[] = [];
  for (let chunk = 0; chunk < ledger.layout.total; chunk++) {
    const slot = ledger.slot[chunk]!;
    if (slot < 0) continue;
    const startMs = ledger.startedAtMs[chunk]! - summary.submittedAtMs;
    const freeMs = fromMs[chunk]! - summary.submittedAtMs;
    bars.push({ slot, startMs: freeMs, durationMs: startMs + ledger.durationMs[chunk]! - freeMs });
    firstStart.set(slot, Math.min(firstStart.get(slot) ?? startMs, startMs));
    const request = ledger.requestOf(chunk);
    if (request) startOfRequest.set(request, Math.min(startOfRequest.get(request) ?? startMs, startMs));
  }
  const order = [...firstStart].sort((a, b) => a[1] - b[1] || a[0] - b[0]).map(([slot]) => slot);
  const row = new Map(order.map((slot, k) => [slot, k]));
  return {
    title: titleOf(job, kernel),
    slots: order.map((slot) => ledger.slots[slot] ?? ""),
    bars: bars.map((bar) => ({ ...bar, slot: row.get(bar.slot) ?? 0 })),
    coldStarts: ledger.coldStarts.flatMap(({ slot, requestId, initMs }) => {
      const endMs = startOfRequest.get(requestId);
      const at = row.get(slot);
      if (endMs === undefined || at === undefined) return [];
      const startMs = Math.max(0, endMs - initMs);
      return [{ slot: at, startMs, durationMs: endMs - startMs }];
    }),
    workers: summary.workers,
    makespanMs: summary.makespanMs,
  };
}
