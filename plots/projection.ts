/** Maps the box around a surface to the picture. */
import type { Box, Point } from "./drawing.ts";
import type { View } from "./picture.ts";

/** A place in the box: x to the right, y away from the viewer, z upwards, each from 0 to 1. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

export interface Projection {
  /** The position of a place in the picture, in px. */
  toPicture(place: Place): Point;
  /** Projects without allocating: writes x, y and a nearness (larger is nearer) at `at` of `out`. */
  project(x: number, y: number, z: number, out: Float32Array, at: number): void;
}

/** matplotlib's. */
export const DEFAULT_VIEW: View = { azimuth: -60, elevation: 30 };
/** Eye to box centre in box lengths; matplotlib's is about 8. */
const DISTANCE = 7;

/** The view of a box with sides in the proportion of `sides`, as large as fits into `frame`. */
export function createProjection(sides: Place, frame: Box, view: View): Projection {
  const unscaled = projectionWith(sides, view, 1, 0, 0);
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((k) =>
    unscaled.toPicture({ x: k & 1, y: (k >> 1) & 1, z: k >> 2 }),
  );
  const [left, right] = extent(corners.map(({ x }) => x));
  const [top, bottom] = extent(corners.map(({ y }) => y));
  const scale = Math.min(frame.width / (right - left), frame.height / (bottom - top));
  const shiftX = frame.x + frame.width / 2 - (scale * (left + right)) / 2;
  const shiftY = frame.y + frame.height / 2 - (scale * (top + bottom)) / 2;
  return projectionWith(sides, view, scale, shiftX, shiftY);
}

function projectionWith(
  sides: Place,
  { azimuth, elevation }: View,
  scale: number,
  shiftX: number,
  shiftY: number,
): Projection {
  const [a, e] = [(azimuth * Math.PI) / 180, (elevation * Math.PI) / 180];
  const [cosA, sinA, cosE, sinE] = [Math.cos(a), Math.sin(a), Math.cos(e), Math.sin(e)];
  const distance = DISTANCE * Math.max(sides.x, sides.y, sides.z);
  const project = (x: number, y: number, z: number, out: Float32Array, at: number) => {
    const bx = (x - 0.5) * sides.x;
    const by = (y - 0.5) * sides.y;
    const bz = (z - 0.5) * sides.z;
    const towards = bx * cosA + by * sinA;
    const nearness = 1 / (distance - towards * cosE - bz * sinE);
    out[at] = shiftX + scale * nearness * (by * cosA - bx * sinA);
    out[at + 1] = shiftY - scale * nearness * (bz * cosE - towards * sinE);
    out[at + 2] = nearness;
  };
  const toPicture = ({ x, y, z }: Place) => {
    const out = new Float32Array(3);
    project(x, y, z, out, 0);
    return { x: out[0]!, y: out[1]! };
  };
  return { toPicture, project };
}

function extent(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}
