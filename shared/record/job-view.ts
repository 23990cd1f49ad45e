import { type Axis, coordinates, lengthOf } from "../array/grid.ts";
import { layoutOf } from "../array/layout.ts";
import { type View, viewOf } from "../array/overview.ts";
import type { InputValue } from "../kernels/declaration.ts";
import type { Job } from "./job.ts";

const known = new WeakMap<object, View>();

/** What the job's pictures show, and its reports bring. */
export function viewOfJob({ spec, output }: Pick<Job, "spec" | "output">): View {
  const before = known.get(output);
  const layout = layoutOf(spec);
  if (before?.layout === layout) return before;
  const { at = {} } = output;
  const view = viewOf(
    layout,
    spec.axes.map((axis) =>
      axis.input !== undefined && Object.hasOwn(at, axis.input) ? indexAt(axis, at[axis.input]!) : undefined,
    ),
  );
  known.set(output, view);
  return view;
}

/** The index of the point, or of the one nearest to it; undefined for a word that the axis lacks. */
function indexAt(axis: Axis, point: InputValue): number | undefined {
  if (axis.rule === "list" && typeof axis.points[0] !== "number") {
    const index = axis.points.indexOf(point);
    return index < 0 ? undefined : index;
  }
  if (typeof point !== "number") return undefined;
  let nearest = 0;
  const all = coordinates(axis, 0, lengthOf(axis));
  for (let k = 1; k < all.length; k++)
    if (Math.abs(all[k]! - point) < Math.abs(all[nearest]! - point)) nearest = k;
  return nearest;
}
