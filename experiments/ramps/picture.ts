/** Lines for how many workers have begun, a panel for each size of fleet, as SVG. */
export interface Panel {
  readonly title: string;
  readonly seconds: number;
  readonly workers: number;
  readonly lines: readonly {
    readonly name: string;
    readonly colour: string;
    readonly widths: readonly number[];
  }[];
}

const WIDTH = 860;
const PANEL = { left: 76, top: 48, width: 560, height: 220, below: 62 };
const TEXT = 'font-family="sans-serif" font-size="14" fill="#222"';

export function drawRamps(panels: readonly Panel[]): string {
  const each = PANEL.top + PANEL.height + PANEL.below;
  const height = panels.length * each;
  const drawn = panels.map((panel, k) => drawPanel(panel, k * each + PANEL.top));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">
<title>How many workers have begun, over time, by the way in which they are started</title>
<rect width="100%" height="100%" fill="#fff"/>
${drawn.join("\n")}
</svg>
`;
}

/** The widths are those at equal times from 0 to the panel's last second. */
function drawPanel({ title, seconds, workers, lines }: Panel, top: number): string {
  const { left, width, height } = PANEL;
  const x = (second: number) => left + (second / seconds) * width;
  const y = (count: number) => top + height - (count / workers) * height;
  const label = (text: string, at: readonly [number, number], anchor = "start", more = "") =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" text-anchor="${anchor}" ${TEXT} ${more}>${text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)}</text>`;
  const parts = [label(title, [left, top - 16], "start", 'font-weight="bold"')];
  for (let tick = 0; tick <= 4; tick++) {
    const [count, second] = [(workers * tick) / 4, (seconds * tick) / 4];
    parts.push(
      `<line x1="${left}" x2="${left + width}" y1="${y(count)}" y2="${y(count)}" stroke="#ddd"/>`,
      label(count.toLocaleString("en"), [left - 8, y(count) + 5], "end"),
      label(`${second} s`, [x(second), top + height + 22], "middle"),
    );
  }
  lines.forEach(({ name, colour, widths }, k) => {
    const points = widths.map(
      (count, at) => `${x((at * seconds) / (widths.length - 1)).toFixed(1)},${y(count).toFixed(1)}`,
    );
    const row = top + 16 + 24 * k;
    const beside = left + width + 20;
    parts.push(
      `<polyline points="${points.join(" ")}" fill="none" stroke="${colour}" stroke-width="2.5"/>`,
      `<line x1="${beside}" x2="${beside + 24}" y1="${row - 5}" y2="${row - 5}" stroke="${colour}" stroke-width="4"/>`,
      label(name, [beside + 32, row]),
    );
  });
  return parts.join("\n");
}
