/** A value of the page as its pictures take it. */
import type { ColormapName } from "../../../plots/colormaps.ts";
import type { ArrayPicture, PlotAxis } from "../../../plots/picture.ts";
import { upwards } from "../../../plots/upwards.ts";
import { overviewShape, type PageAxis, type PageData } from "../../page/page-data.ts";
import { short, withUnit } from "./numbers.ts";

export interface Shown {
  readonly picture: ArrayPicture;
  /** In words, what a cell of the picture has. */
  readonly tell: (row: number, column: number) => string;
}

/** Rows are in the order in which they are drawn. */
export function shownValue(data: PageData, k: number): Shown {
  const { special, name, about, unit, cells } = data.values[k]!;
  const [rows, columns] = overviewShape(data);
  const { counts, unread = 0 } = data;
  const isWhole = counts.done === counts.total && unread === 0;
  const [x, y] = data.axes.slice(0, 2).toReversed();
  const flat = {
    ...{ title: "", value: { name: about || name, unit }, x: plotAxis(x!) },
    ...{
      overview: { rows, columns, values: cells },
      colormap: data.colormap as ColormapName,
      scale: data.scale,
    },
    special,
  };
  const given = y && { ...flat, y: plotAxis(y) };
  const picture = given ? upwards(given) : { ...flat, y: undefined };
  const isTurned = given !== undefined && picture !== given;
  const at = ({ name: axis, unit: of, coordinates }: PageAxis, cell: number) =>
    `${axis} = ${withUnit(short(coordinates[cell]!, 9), of)}`;
  return {
    picture,
    tell: (row, column) => {
      const value = picture.overview.values[row * columns + column]!;
      const found = Number.isNaN(value)
        ? isWhole
          ? "is NaN or infinite"
          : "is missing, NaN or infinite"
        : special && (value === special.value || value === Math.fround(special.value))
          ? special.means
          : withUnit(short(value, 9), unit);
      const places = [at(x!, column), ...(y ? [at(y, isTurned ? rows - 1 - row : row)] : [])];
      return `${places.join(", ")}: ${name || "value"} ${found}`;
    },
  };
}

function plotAxis({ about, unit, coordinates, isLog, isList }: PageAxis): PlotAxis {
  const place = (at: number) => {
    const point = coordinates[at];
    return typeof point === "number" ? point : at;
  };
  return {
    ...{ name: about, unit, first: place(0), last: place(coordinates.length - 1) },
    ...(isLog && { isLog }),
    ...(isList && { points: coordinates }),
  };
}
