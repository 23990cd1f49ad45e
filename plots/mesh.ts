/** The array as a landscape of triangles in a z-buffer, lit from the left. */
import { type Box, type Canvas, mix } from "./canvas.ts";
import type { Overview } from "./picture.ts";
import type { Place, Projection } from "./projection.ts";
import type { ValueScale } from "./scale.ts";
import { VERTEX, ZBuffer } from "./zbuffer.ts";

/** The direction of the light, in the box's axes; its length is 1. */
const LIGHT = { x: -0.48, y: -0.36, z: 0.8 };
const SHADES = 64;
const DARKEST = 0.45;
const SHADOW = 0x000000;

/** The array's place in the box: its cells fill `inset`..1 - `inset` of each side. */
export interface Stage {
  readonly sides: Place;
  readonly inset: number;
  readonly projection: Projection;
}

/** The fineness of the drawn surface. */
export interface Fineness {
  /** At most this number of cells is taken along each axis. */
  readonly mostCells: number;
  /** Samples per pixel in each direction. */
  readonly samples: number;
}

/** Draws the array inside `area` of the canvas; holes stay empty. */
export function drawMesh(
  canvas: Canvas,
  area: Box,
  { overview, scale, table }: { overview: Overview; scale: ValueScale; table: Uint32Array },
  { mostCells, samples }: Fineness,
  stage: Stage,
): void {
  const buffer = new ZBuffer(area, samples);
  const rows = pick(overview.rows, mostCells);
  const columns = pick(overview.columns, mostCells);
  const heights = new Float32Array(rows.length * columns.length);
  let cell = 0;
  for (const row of rows) {
    const start = row * overview.columns;
    // By index: an iterator allocates for each cell until V8 compiles the loop, which is most of a small picture.
    for (let k = 0; k < columns.length; k++)
      heights[cell++] = scale.position(overview.values[start + columns[k]!]!);
  }
  const [across, down] = [sharesOf(columns), sharesOf(rows)];
  const vertices = projectCells(buffer, heights, across, down, table.length, stage);
  for (let row = 0; row + 1 < rows.length; row++) {
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
      const base = table.length * brightness(eastwards * steepnessX, northwards * steepnessY);
      buffer.fillTriangle(vertices, a * VERTEX, b * VERTEX, c * VERTEX, base);
      buffer.fillTriangle(vertices, d * VERTEX, b * VERTEX, c * VERTEX, base);
    }
  }
  buffer.drawOn(canvas, shaded(table));
}

function projectCells(
  { area, samples }: ZBuffer,
  heights: Float32Array,
  across: readonly number[],
  down: readonly number[],
  colours: number,
  { inset, projection }: Stage,
): Float32Array {
  const vertices = new Float32Array(heights.length * VERTEX);
  const within = (share: number) => inset + share * (1 - 2 * inset);
  let cell = 0;
  for (const south of down) {
    for (let k = 0; k < across.length; k++) {
      const at = cell * VERTEX;
      projection.project(within(across[k]!), within(1 - south), within(heights[cell]!), vertices, at);
      vertices[at] = (vertices[at]! - area.x) * samples;
      vertices[at + 1] = (vertices[at + 1]! - area.y) * samples;
      // Plus a quarter: a rounding error below a whole entry would otherwise take the colour of another shade.
      vertices[at + 3] = Math.min(colours - 1, heights[cell]! * colours) + 0.25;
      cell++;
    }
  }
  return vertices;
}

/** Evenly spread indices, both ends included; an axis of one cell is doubled so that it has an area. */
function pick(cells: number, most: number): number[] {
  const count = Math.max(2, Math.min(cells, most));
  return Array.from({ length: count }, (_, at) => Math.round((at * (cells - 1)) / (count - 1)));
}

/** The position of each picked index between the first and the last; rounding makes their distances unequal. */
function sharesOf(picked: readonly number[]): number[] {
  const last = picked.at(-1) ?? 0;
  return picked.map((index, at) => (last === 0 ? at : index / last));
}

/** The index of a slope's shade: flat ground keeps the colour bar's colours, slopes turned away get darker. */
function brightness(slopeX: number, slopeY: number): number {
  const towards =
    (LIGHT.z - slopeX * LIGHT.x - slopeY * LIGHT.y) / Math.sqrt(1 + slopeX * slopeX + slopeY * slopeY);
  const share = 1 - Math.max(0, LIGHT.z - towards) / (LIGHT.z + 1);
  return Math.round(share * (SHADES - 1));
}

/** The colour table once per shade, the darkest first. */
function shaded(table: Uint32Array): Uint32Array {
  return Uint32Array.from({ length: SHADES * table.length }, (_, at) => {
    const light = Math.floor(at / table.length) / (SHADES - 1);
    return mix(SHADOW, table[at % table.length]!, DARKEST + (1 - DARKEST) * light);
  });
}
