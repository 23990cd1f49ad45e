import { drawHeatmap } from "../../plots/heatmap.ts";
import type { ArrayPicture, PlotAxis, Timeline } from "../../plots/picture.ts";
import { drawSurface } from "../../plots/surface.ts";
import { drawTimeline } from "../../plots/timeline.ts";
import { type Axis, arrayShape, coordinates, lengthOf, pointsOf } from "../../shared/array/grid.ts";
import type { Declaration, Input, InputValue } from "../../shared/kernels/declaration.ts";
import { namedAxes } from "../../shared/record/axis-names.ts";
import type { Job } from "../../shared/record/job.ts";
import { viewOfJob } from "../../shared/record/job-view.ts";
import type { Summary } from "../../shared/record/summary.ts";
import { atWork } from "./at-work.ts";
import type { Ledger } from "./ledger.ts";

/** The job's pictures by name, drawn from what the reports brought. Each value has its own. */
export function* drawPictures(
  job: Job,
  declaration: Declaration,
  summary: Summary,
  ledger: Ledger,
): Generator<readonly [name: string, png: Uint8Array]> {
  const { length } = job.spec.values;
  const detail = job.output.plot3d ? "fine" : "quick";
  for (const [k, value] of declaration.values.entries()) {
    const picture = arrayPicture(job, declaration, k, ledger);
    const name = (kind: string) => (length === 1 ? kind : `${kind}-${value.name.replaceAll("_", "-")}`);
    yield [name("heatmap"), drawHeatmap(picture)];
    if (picture.y) yield [name("surface"), drawSurface(picture, { detail })];
  }
  yield ["timeline", drawTimeline(timeline(job, declaration, summary, ledger))];
}

function arrayPicture(job: Job, declaration: Declaration, k: number, ledger: Ledger): ArrayPicture {
  const axes = namedAxes(job.spec, declaration);
  const [x, y] = axes.slice(0, 2).toReversed();
  const { about, name, unit } = declaration.values[k]!;
  return {
    title: titleOf(job, declaration),
    value: { name: about || name, unit },
    y: y && plotAxis(y, declaration.inputs[y.input]!),
    x: plotAxis(x!, declaration.inputs[x!.input]!),
    overview: ledger.values[k]!.overview,
    colormap: job.output.colormap,
    scale: job.output.scale,
  };
}

/** Kernel, shape, what of its inputs is not as usual, and where the axes that are not drawn are cut. */
function titleOf(job: Pick<Job, "spec" | "output">, declaration: Declaration): string {
  const { spec } = job;
  const unusual = Object.entries(spec.parameters)
    .filter(([name, value]) => value !== declaration.inputs[name]?.default)
    .map(([name, value]) => `${name} ${shortened(value)}`);
  const { at } = viewOfJob(job);
  const cuts = namedAxes(spec, declaration).flatMap((axis, k) => {
    if (at[k] === undefined) return [];
    const [point] = pointsOf(axis, at[k], at[k] + 1);
    return [`${axis.input} ${shortened(point!)}`];
  });
  return [spec.kernel, arrayShape(spec).join(" x "), ...unusual, ...cuts].join(", ");
}

const shortened = (value: InputValue) =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;

function plotAxis(axis: Axis & { readonly input: string }, input: Input): PlotAxis {
  const length = lengthOf(axis);
  const all = coordinates(axis, 0, length);
  const isLog = axis.rule === "log";
  return {
    name: input.about || axis.input,
    unit: input.kind === "number" ? input.unit : "",
    first: all[0]!,
    last: all[length - 1]!,
    ...(isLog && { isLog }),
    ...(axis.rule === "list" && { points: axis.points }),
  };
}

/** Slots in the order in which they began to work. */
export function timeline(
  job: Pick<Job, "spec" | "output">,
  declaration: Declaration,
  summary: Summary,
  ledger: Ledger,
): Timeline {
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
    title: titleOf(job, declaration),
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
