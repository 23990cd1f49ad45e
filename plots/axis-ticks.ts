/** Ticks of an array's axis, by its kind: even steps, logarithmic steps, or a list of points. */
import { ticksAcross, ticksDown } from "./axes.ts";
import { listTicks } from "./list-ticks.ts";
import { logTicks } from "./log-ticks.ts";
import type { PlotAxis } from "./picture.ts";
import { type AxisTicks, valueTicks } from "./ticks.ts";

/** Words beside an axis are cut at this many times their size. */
const WIDEST_WORD = 10;

/** Ticks of the axis below `cells` that lie side by side. */
export function axisAcross(axis: PlotAxis, cells: number, length: number, size: number): AxisTicks {
  const { points } = axis;
  const room = { length, apart: 1.6 * size, isAcross: true, widest: 1.5 * WIDEST_WORD * size, size };
  if (points) return listTicks(points, inCells(points.length), room);
  return ticksAcross((most) => evenTicks(axis, most, inCells(cells)), length, size);
}

/** Ticks of the axis beside `cells` that lie above each other. */
export function axisDown(axis: PlotAxis, cells: number, length: number, size: number): AxisTicks {
  const { points } = axis;
  const room = { length, apart: 1.6 * size, isAcross: false, widest: WIDEST_WORD * size, size };
  if (points) return listTicks(points, inCells(points.length), room);
  return ticksDown((most) => evenTicks(axis, most, inCells(cells)), length, size);
}

/** At most `most` ticks of the edge of a surface, which begins and ends at the outermost points. */
export function edgeTicks(axis: PlotAxis, most: number, size: number): AxisTicks {
  const { points } = axis;
  const place = (share: number) => share;
  const room = { length: most, apart: 1, isAcross: false, widest: 0.7 * WIDEST_WORD * size, size };
  if (points) return listTicks(points, place, room);
  return evenTicks(axis, most, place);
}

/** Whether equal distances on the axis are equal differences of its coordinate. */
export const isEven = ({ isLog, points }: PlotAxis): boolean => !(isLog || points);

/** The place of a share of the way from the first point to the last: those are half a cell from the ends. */
const inCells = (cells: number) => (share: number) => (share * (cells - 1) + 0.5) / cells;

function evenTicks(
  { first, last, isLog }: PlotAxis,
  most: number,
  place: (share: number) => number,
): AxisTicks {
  const scaled = isLog ? Math.log10 : (value: number) => value;
  const [from, span] = [scaled(first), scaled(last) - scaled(first)];
  const make = isLog ? logTicks : valueTicks;
  return make(first, last, most, (value) => place(span === 0 ? 0.5 : (scaled(value) - from) / span));
}
