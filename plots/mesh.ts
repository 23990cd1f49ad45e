/** The array as a landscape of triangles in a z-buffer, lit from the left. */
import { type Box, mix, type Raster } from "./drawing.ts";
import { SPECIAL } from "./missing.ts";
import type { Cut } from "./peaks.ts";
import type { View } from "./picture.ts";
import type { Place, Projection } from "./projection.ts";
import { VERTEX, ZBuffer } from "./zbuffer.ts";

/** The direction of the light, in the box's axes as the default view sees them; its length is 1. */
const LIGHT = { x: -0.48, y: -0.36, z: 0.8 };
const LIT_AT = -60;
const SHADES = 64;
const DARKEST = 0.45;
const SHADOW = 0x000000;

/** The array's place in the box: its cells fill `inset`..1 - `inset` of each side. */
export interface Stage {
  readonly sides: Place;
  readonly inset: number;
  readonly projection: Projection;
  readonly view: View;
}

/** Draws the cells inside `area` of the canvas, as a block that stands on the floor; holes stay empty. */
export function drawMesh(
  canvas: Raster,
  area: Box,
  cut: Cut,
  table: Uint32Array,
  samples: number,
  stage: Stage,
): void {
  const buffer = new ZBuffer(area, samples);
  const { heights, rows, columns, special } = cut;
  const [across, down] = [sharesOf(columns), sharesOf(rows)];
  const colours = table.length + 1; // the special value's after the map's
  const vertices = projectCells(buffer, heights, across, down, table.length, stage);
  const shade = shadeUnder(stage.view);
  const flat = (...cells: number[]) => (special && cells.some((cell) => special[cell]) ? table.length : -1);
  drawWalls(buffer, cut, vertices, [across, down], stage, (a, b, x, y) => [
    colours * shade(x, y, 0),
    flat(a, b),
  ]);
  // What is near comes first: it hides most of the rest, which then is not written.
  const isFront = Math.sin((stage.view.azimuth * Math.PI) / 180) <= 0;
  for (let k = rows.length - 2; k >= 0; k--) {
    const row = isFront ? k : rows.length - 2 - k;
    const steepnessY = stage.sides.z / stage.sides.y / (down[row + 1]! - down[row]!);
    for (let column = 0; column + 1 < columns.length; column++) {
      const steepnessX = stage.sides.z / stage.sides.x / (across[column + 1]! - across[column]!);
      const a = row * columns.length + column;
      const b = a + 1;
      const c = a + columns.length;
      const d = c + 1;
      const eastwards = (heights[b]! + heights[d]! - heights[a]! - heights[c]!) / 2;
      const northwards = (heights[a]! + heights[b]! - heights[c]! - heights[d]!) / 2;
      if (Number.isNaN(eastwards)) continue;
      const base = colours * shade(-eastwards * steepnessX, -northwards * steepnessY, 1);
      const only = special ? flat(a, b, c, d) : -1;
      buffer.fillTriangle(vertices, a * VERTEX, b * VERTEX, c * VERTEX, base, only);
      buffer.fillTriangle(vertices, d * VERTEX, b * VERTEX, c * VERTEX, base, only);
    }
  }
  buffer.drawOn(canvas, shaded(Uint32Array.of(...table, SPECIAL)));
}

/**
 * The block's two sides that are seen, from the array's edge down to the floor: without them one would see the paper under the surface.
 */
function drawWalls(
  buffer: ZBuffer,
  { rows, columns }: Cut,
  vertices: Float32Array,
  [across, down]: readonly [readonly number[], readonly number[]],
  stage: Stage,
  colourOf: (a: number, b: number, x: number, y: number) => [base: number, only: number],
): void {
  const [width, height] = [columns.length, rows.length];
  const corners = new Float32Array(4 * VERTEX);
  const put = (at: number, cell: number) => {
    for (let k = 0; k < VERTEX; k++) corners[at * VERTEX + k] = vertices[cell * VERTEX + k]!;
  };
  const foot = (at: number, cell: number) => {
    put(at, cell);
    place(buffer, stage, across[cell % width]!, down[Math.floor(cell / width)]!, 0, corners, at);
  };
  const wall = (a: number, b: number, x: number, y: number) => {
    if (Number.isNaN(vertices[a * VERTEX + 1]!) || Number.isNaN(vertices[b * VERTEX + 1]!)) return;
    put(0, a);
    put(1, b);
    foot(2, a);
    foot(3, b);
    const [base, only] = colourOf(a, b, x, y);
    buffer.fillTriangle(corners, 0, VERTEX, 2 * VERTEX, base, only);
    buffer.fillTriangle(corners, 3 * VERTEX, VERTEX, 2 * VERTEX, base, only);
  };
  const azimuth = (stage.view.azimuth * Math.PI) / 180;
  const [isFront, isRight] = [Math.sin(azimuth) <= 0, Math.cos(azimuth) > 0];
  const row = isFront ? (height - 1) * width : 0;
  const column = isRight ? width - 1 : 0;
  for (let k = row; k + 1 < row + width; k++) wall(k, k + 1, 0, isFront ? -1 : 1);
  for (let k = column; k + width < width * height; k += width) wall(k, k + width, isRight ? 1 : -1, 0);
}

function projectCells(
  buffer: ZBuffer,
  heights: Float32Array,
  across: readonly number[],
  down: readonly number[],
  colours: number,
  stage: Stage,
): Float32Array {
  const vertices = new Float32Array(heights.length * VERTEX);
  let cell = 0;
  for (const south of down) {
    for (let k = 0; k < across.length; k++) {
      place(buffer, stage, across[k]!, south, within(stage, heights[cell]!), vertices, cell);
      // Plus a quarter: a rounding error below a whole entry would otherwise take the colour of another shade.
      vertices[cell * VERTEX + 3] = Math.min(colours - 1, heights[cell]! * colours) + 0.25;
      cell++;
    }
  }
  return vertices;
}

const within = ({ inset }: Stage, share: number): number => inset + share * (1 - 2 * inset);

/** Writes where a place is seen, in samples. */
function place(
  { area, samples }: ZBuffer,
  stage: Stage,
  east: number,
  south: number,
  z: number,
  out: Float32Array,
  vertex: number,
): void {
  const at = vertex * VERTEX;
  stage.projection.project(within(stage, east), within(stage, 1 - south), z, out, at);
  out[at] = (out[at]! - area.x) * samples;
  out[at + 1] = (out[at + 1]! - area.y) * samples;
}

/** The position of each picked index between the first and the last; rounding makes their distances unequal. */
function sharesOf(picked: readonly number[]): number[] {
  const last = picked.at(-1) ?? 0;
  return picked.map((index, at) => (last === 0 ? at : index / last));
}

/**
 * The index of a shade, by the direction that a piece of the surface looks to: flat ground keeps the colour bar's colours, what is
 * turned away from the light gets darker. The light turns with the view.
 */
function shadeUnder({ azimuth }: View): (x: number, y: number, z: number) => number {
  const turned = ((azimuth - LIT_AT) * Math.PI) / 180;
  const [cos, sin] = [Math.cos(turned), Math.sin(turned)];
  const [lightX, lightY] = [LIGHT.x * cos - LIGHT.y * sin, LIGHT.x * sin + LIGHT.y * cos];
  return (x, y, z) => {
    const towards = (LIGHT.z * z + x * lightX + y * lightY) / Math.sqrt(x * x + y * y + z * z);
    const share = 1 - Math.max(0, LIGHT.z - towards) / (LIGHT.z + 1);
    return Math.round(share * (SHADES - 1));
  };
}

/** The colour table once per shade, the darkest first. */
function shaded(table: Uint32Array): Uint32Array {
  return Uint32Array.from({ length: SHADES * table.length }, (_, at) => {
    const light = Math.floor(at / table.length) / (SHADES - 1);
    return mix(SHADOW, table[at % table.length]!, DARKEST + (1 - DARKEST) * light);
  });
}
