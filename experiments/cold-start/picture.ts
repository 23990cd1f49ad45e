/** How long a start takes by memory, as SVG: both axes are logarithmic. */

export interface Line {
  readonly name: string;
  readonly colour: string;
  readonly isDashed?: boolean;
  /** ms, by memory. */
  readonly points: readonly (readonly [memoryMb: number, low: number, median: number, high: number])[];
}

const SIZE = { width: 860, height: 440 };
const PANEL = { left: 76, top: 40, width: 520, height: 330 };
const TEXT = 'font-family="sans-serif" font-size="14" fill="#222"';

export function drawStarts(title: string, memories: readonly number[], lines: readonly Line[]): string {
  const { left, top, width, height } = PANEL;
  const [least, most] = [Math.log(memories[0]!), Math.log(memories.at(-1)!)];
  const values = lines.flatMap(({ points }) => points.flatMap(([, low, , high]) => [low, high]));
  const [from, to] = [
    Math.floor(Math.log10(Math.min(...values))),
    Math.ceil(Math.log10(Math.max(...values))),
  ];
  const x = (memory: number) => left + ((Math.log(memory) - least) / (most - least)) * width;
  const y = (ms: number) => top + height - ((Math.log10(ms) - from) / (to - from)) * height;
  const label = (text: string, at: readonly [number, number], anchor = "start", more = "") =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" text-anchor="${anchor}" ${TEXT} ${more}>${text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)}</text>`;
  const parts = [label(title, [left, 24], "start", 'font-weight="bold"')];
  for (let power = from; power <= to; power++) {
    for (const ms of power < to ? [1, 2, 5].map((step) => step * 10 ** power) : [10 ** power]) {
      parts.push(
        `<line x1="${left}" x2="${left + width}" y1="${y(ms).toFixed(1)}" y2="${y(ms).toFixed(1)}" stroke="#ddd"/>`,
        label(`${ms.toLocaleString("en")} ms`, [left - 8, y(ms) + 5], "end"),
      );
    }
  }
  for (const memory of memories) parts.push(label(`${memory}`, [x(memory), top + height + 22], "middle"));
  parts.push(label("memory (MB)", [left + width / 2, top + height + 46], "middle"));
  lines.forEach(({ name, colour, isDashed, points }, k) => {
    const dashes = isDashed ? ' stroke-dasharray="6 4"' : "";
    const line = points.map(([memory, , middle]) => `${x(memory).toFixed(1)},${y(middle).toFixed(1)}`);
    const row = top + 16 + 24 * k;
    const beside = left + width + 20;
    parts.push(
      `<polyline points="${line.join(" ")}" fill="none" stroke="${colour}" stroke-width="2.5"${dashes}/>`,
      ...points.map(
        ([memory, low, , high]) =>
          `<line x1="${x(memory).toFixed(1)}" x2="${x(memory).toFixed(1)}" y1="${y(low).toFixed(1)}" y2="${y(high).toFixed(1)}" stroke="${colour}" stroke-width="5" stroke-opacity="0.4"/>`,
      ),
      `<line x1="${beside}" x2="${beside + 24}" y1="${row - 5}" y2="${row - 5}" stroke="${colour}" stroke-width="4"${dashes}/>`,
      label(name, [beside + 32, row]),
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" width="${SIZE.width}" height="${SIZE.height}">
<title>${title}</title>
<rect width="100%" height="100%" fill="#fff"/>
${parts.join("\n")}
</svg>
`;
}
