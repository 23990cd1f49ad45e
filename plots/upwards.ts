/** Which way up an array is drawn. */
import { isEven } from "./axis-ticks.ts";
import type { ArrayPicture, PlotAxis } from "./picture.ts";

type Flat = ArrayPicture & { y: PlotAxis };

/**
 * The picture with its rows in the order in which they are drawn, the first on top: those of an ascending y axis are turned over, so that
 * it points up. Words keep their order, as lines of a text do.
 */
export function upwards(picture: Flat): Flat {
  const { y, overview } = picture;
  if (!isAscending(y)) return picture;
  const { rows, columns, values } = overview;
  const turned = new Float64Array(values.length);
  for (let row = 0; row < rows; row++)
    turned.set(values.subarray(row * columns, (row + 1) * columns), (rows - 1 - row) * columns);
  const { first, last, points, ...rest } = y;
  const axis = { ...rest, first: last, last: first, ...(points && { points: points.toReversed() }) };
  return { ...picture, y: axis, overview: { rows, columns, values: turned } };
}

function isAscending(y: PlotAxis): boolean {
  if (isEven(y) || y.isLog) return y.last > y.first;
  const [first, last] = [y.points?.[0], y.points?.at(-1)];
  return typeof first === "number" && typeof last === "number" && last > first;
}
