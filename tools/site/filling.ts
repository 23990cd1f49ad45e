/** A picture that fills as a job's array did, for the site's first page: it plays once and needs no script. Pure. */
import { colormapTable, colourAt } from "../../plots/colormaps.ts";
import { encodePng } from "../../plots/png.ts";

export interface FillingChunk {
  /** Its first cell, and its cells along each axis. */
  readonly from: readonly [row: number, column: number];
  readonly shape: readonly [rows: number, columns: number];
  /** Ms since submission. */
  readonly startMs: number;
  readonly endMs: number;
  /** Index of the worker. */
  readonly lane: number;
}

export interface Filling {
  readonly cells: ArrayLike<number>;
  readonly shape: readonly [rows: number, columns: number];
  readonly chunks: readonly FillingChunk[];
  readonly title: string;
}

/** What moves by itself for more than five seconds needs a button that stops it (WCAG 2.2.2). */
const PLAYS_SECONDS = 4.8;
const LANE = 12;
const GAP = 3;
const COLOURS = ["#e07b00", "#0072b2", "#009e73", "#b8508f", "#7a6a00", "#56789a"];

const STYLE = `.c,.b{animation-fill-mode:both;animation-timing-function:linear}
.c{fill:#c9cdd4;shape-rendering:crispEdges;animation-name:begun,ended}.b{transform-origin:left;transform-box:fill-box;animation-name:grown}
@keyframes begun{to{fill:var(--l)}}@keyframes ended{to{opacity:0}}@keyframes grown{from{transform:scaleX(0)}}
@media (prefers-color-scheme:dark){.c{fill:#3b4048}}
@media (prefers-reduced-motion:reduce){.c,.b{animation:none}.c{opacity:0}}
@media print{.c,.b{animation:none}.c{opacity:0}}`;

/** An SVG file: the array, each chunk covered until it is there, and below it a bar a chunk in its worker's row. */
export function fillingSvg({ cells, shape, chunks, title }: Filling): string {
  const [rows, columns] = shape;
  const lanes = 1 + Math.max(...chunks.map(({ lane }) => lane));
  const startMs = Math.min(...chunks.map((chunk) => chunk.startMs));
  const endMs = Math.max(...chunks.map((chunk) => chunk.endMs));
  const share = (ms: number) => (ms - startMs) / (endMs - startMs);
  const at = (ms: number) => `${round(share(ms) * PLAYS_SECONDS)}s`;
  const covers = chunks.map(
    ({ from, shape: [height, width], lane, startMs: begun, endMs: ended }) =>
      `<rect class="c" ${box(from[1], from[0], width, height)} style="--l:${colourOf(lane)};animation-delay:${at(begun)},${at(ended)};animation-duration:1ms,.1s"/>`,
  );
  const bars = chunks.map(({ lane, startMs: begun, endMs: ended }) => {
    const width = Math.max(0.5, (share(ended) - share(begun)) * columns);
    const duration = round((share(ended) - share(begun)) * PLAYS_SECONDS);
    return `<rect class="b" ${box(share(begun) * columns, rows + GAP + lane * LANE, width - 0.3, LANE - GAP)} fill="${colourOf(lane)}" style="animation-delay:${at(begun)};animation-duration:${duration}s"/>`;
  });
  const height = rows + GAP + lanes * LANE;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${columns} ${height}" width="${2 * columns}" height="${2 * height}">
<title>${title}</title>
<style>${STYLE}</style>
<image ${box(0, 0, columns, rows)} href="data:image/png;base64,${pngOf(cells, shape).toString("base64")}"/>
${[...covers, ...bars].join("\n")}
</svg>
`;
}

const colourOf = (lane: number) => COLOURS[lane % COLOURS.length]!;
const round = (value: number) => Number(value.toFixed(3));
const box = (x: number, y: number, width: number, height: number) =>
  `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;

function pngOf(cells: ArrayLike<number>, [rows, columns]: Filling["shape"]): Buffer {
  const table = colormapTable("viridis");
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let k = 0; k < cells.length; k++) [low, high] = [Math.min(low, cells[k]!), Math.max(high, cells[k]!)];
  const pixels = Uint32Array.from(cells, (value) => colourAt(table, (value - low) / (high - low || 1)));
  return Buffer.from(encodePng(pixels, columns, rows));
}
