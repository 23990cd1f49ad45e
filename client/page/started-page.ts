import { lengthOf, pointsOf } from "../../shared/array/grid.ts";
import type { Planned } from "../../shared/messages/planned.ts";
import type { Job } from "../../shared/record/job.ts";
import { viewOfJob } from "../../shared/record/job-view.ts";
import { pickedCells } from "./page-cells.ts";
import { PAGE_VERSION, type PageAxis, type PageData } from "./page-data.ts";

/** What a live page needs of its job. */
export type WatchedJob = Pick<Job, "jobId" | "spec" | "declaration" | "output"> & {
  /** Epoch ms; of a job that is about to be submitted, about when. */
  readonly submittedAtMs: number;
  readonly planned?: Planned | undefined;
};

/** The page of a job of which nothing is known to be stored. */
export function startedPage(job: WatchedJob, engine: string | undefined, total: number): PageData {
  const { jobId, spec, declaration, output, submittedAtMs, planned } = job;
  const axes = spec.values.length === 0 ? [] : axesOf(job);
  const [columns = 1, rows = 1] = axes
    .slice(0, 2)
    .map(({ coordinates }) => coordinates.length)
    .toReversed();
  return {
    ...{ version: PAGE_VERSION, jobId, kernel: spec.kernel, about: declaration?.about ?? "" },
    ...(engine !== undefined && { engine }),
    ...{ state: "running", submittedAtMs, command: "" },
    inputs: Object.entries(spec.parameters).map(([name, value]) => ({
      name,
      value,
      unit: unitOf(job, name),
    })),
    axes,
    values: spec.values.map(({ name, dtype }, k) => ({
      name: name ?? "",
      about: declaration?.values[k]?.about ?? "",
      unit: declaration?.values[k]?.unit ?? "",
      dtype,
      cells: new Float64Array(rows * columns).fill(Number.NaN),
    })),
    ...{ colormap: output.colormap, scale: output.scale },
    ...{ lanes: [], bars: [], coldStarts: [], costs: {}, failures: [], memory: [] },
    counts: { total, done: 0, failed: 0, failedAttempts: 0, workers: 0, coldStarts: 0 },
    ...(planned && { plan: { seconds: planned.seconds, usd: planned.usd } }),
  };
}

function axesOf(job: WatchedJob): PageAxis[] {
  const { spec, declaration } = job;
  const view = viewOfJob(job);
  const picked = pickedCells(view, spec.values);
  // One axis lies across.
  const sides = spec.axes.length === 1 ? [picked.columns] : [picked.rows, picked.columns];
  return spec.axes.map((axis, k) => {
    const name = axis.input ?? `axis ${k + 1}`;
    const length = lengthOf(axis);
    const cells = view.cells[k]!;
    const side = sides[k];
    const indices = side
      ? Array.from(side, (cell) => Math.floor(((cell + 0.5) * length) / cells))
      : [view.at[k] ?? 0];
    const points = pointsOf(axis, 0, length);
    return {
      ...{ name, about: declaration?.inputs[name]?.about || name, unit: unitOf(job, name) },
      ...{ length, chunk: spec.chunkShape[k]!, isLog: axis.rule === "log", isList: axis.rule === "list" },
      ends: [points[0]!, points[length - 1]!] as const,
      coordinates: indices.map((index) => points[index]!),
      ...(indices.length < length && { indices }),
    };
  });
}

function unitOf({ declaration }: WatchedJob, name: string): string {
  const input = declaration?.inputs[name];
  return input?.kind === "number" ? input.unit : "";
}
