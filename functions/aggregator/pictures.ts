import type { Medium } from "../../plots/drawing.ts";
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

/** How pictures are drawn that the command line draws again; a job's own are PNG files, each in its own size. */
export interface Look extends Pick<ArrayPicture, "limits" | "view" | "special"> {
  readonly title?: string | undefined;
  /** A kind of file for the pictures; the title is for what shows it beside them. */
  readonly media?: readonly ((title: string) => Medium)[];
}

/** The job's pictures as files by name, drawn from what the reports brought. Each value has its own. */
export function* drawPictures(
  job: Job,
  declaration: Declaration,
  summary: Summary,
  ledger: Ledger,
  look: Look = {},
): Generator<readonly [name: string, extension: string, file: Uint8Array]> {
  const { length } = job.spec.values;
  const detail = job.output.plot3d ? "fine" : "quick";
  for (const [k, value] of declaration.values.entries()) {
    const picture = arrayPicture(job, declaration, k, ledger, look);
    const name = (kind: string) => (length === 1 ? kind : `${kind}-${value.name.replaceAll("_", "-")}`);
    yield* inMedia(name("heatmap"), picture, look, (medium) => drawHeatmap(picture, medium));
    if (picture.y)
      yield* inMedia(name("surface"), picture, look, (medium) => drawSurface(picture, { detail }, medium));
  }
  const slots = {
    ...timeline(job, declaration, summary, ledger),
    ...(look.title !== undefined && { title: look.title }),
  };
  yield* inMedia("timeline", slots, look, (medium) => drawTimeline(slots, medium));
}

function* inMedia(
  name: string,
  { title }: { readonly title: string },
  { media = [] }: Look,
  draw: (medium?: Medium) => Uint8Array,
): Generator<readonly [name: string, extension: string, file: Uint8Array]> {
  if (media.length === 0) yield [name, "png", draw()];
  for (const open of media) {
    const medium = open(title);
    yield [name, medium.extension, draw(medium)];
  }
}

function arrayPicture(
  job: Job,
  declaration: Declaration,
  k: number,
  ledger: Ledger,
  { title, limits, view, special }: Look,
): ArrayPicture {
  const axes = namedAxes(job.spec, declaration);
  const [x, y] = axes.slice(0, 2).toReversed();
  const { about, name, unit, special: declared } = declaration.values[k]!;
  return {
    title: title ?? titleOf(job, declaration),
    value: { name: about || name, unit },
    y: y && plotAxis(y, declaration.inputs[y.input]!),
    x: plotAxis(x!, declaration.inputs[x!.input]!),
    overview: ledger.values[k]!.overview,
    colormap: job.output.colormap,
    scale: job.output.scale,
    ...{ limits, view, special: special ?? specialOf(job, declared) },
  };
}

/** The value that says that there is none: an input's where the job holds that fixed, or cuts the picture there. */
export function specialOf(
  job: Pick<Job, "spec" | "output">,
  special: Declaration["values"][number]["special"],
): ArrayPicture["special"] {
  if (!special) return undefined;
  const { equals, means } = special;
  if (typeof equals === "number") return { value: equals, means };
  const axis = job.spec.axes.findIndex(({ input }) => input === equals);
  const at = axis < 0 ? undefined : viewOfJob(job).at[axis];
  const value =
    axis < 0
      ? job.spec.parameters[equals]
      : at !== undefined && pointsOf(job.spec.axes[axis]!, at, at + 1)[0];
  return typeof value === "number" ? { value, means } : undefined;
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

/** An axis as pictures have it. */
export function plotAxis(axis: Axis & { readonly input: string }, input: Input): PlotAxis {
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
