/** Charts of a few dozen shapes, whose colours are the page's own. */
import { svg } from "./elements.ts";

const [HEIGHT, LEFT, RIGHT, BELOW, ABOVE] = [240, 56, 30, 44, 12];
/** Letters are as large on a narrow screen: there are fewer of them. */
const WIDTH = Math.min(640, Math.max(280, document.documentElement.clientWidth - 32));

interface Axis {
  readonly title: string;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

/** A frame with both axes, whose places are shares of the plot; `draw` is given where they lie. */
export function chart(
  label: string,
  x: Axis,
  y: Axis,
  draw: (across: (share: number) => number, up: (share: number) => number) => readonly SVGElement[],
): SVGElement {
  const across = (share: number) => LEFT + share * (WIDTH - LEFT - RIGHT);
  const up = (share: number) => HEIGHT - BELOW - share * (HEIGHT - BELOW - ABOVE);
  const text = (content: string, at: Readonly<Record<string, string | number>>) => svg("text", at, content);
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label, class: "chart" },
    ...y.ticks.flatMap(({ at, label: tick }) => [
      svg("path", { class: "grid", d: `M${across(0)} ${up(at)}H${across(1)}` }),
      text(tick, { x: LEFT - 6, y: up(at) + 4, "text-anchor": "end" }),
    ]),
    ...x.ticks.map(({ at, label: tick }) =>
      text(tick, { x: across(at), y: HEIGHT - BELOW + 18, "text-anchor": "middle" }),
    ),
    ...draw(across, up),
    svg("path", { class: "axis", d: `M${across(0)} ${up(1)}V${up(0)}H${across(1)}` }),
    text(x.title, { x: across(0.5), y: HEIGHT - 6, "text-anchor": "middle" }),
    text(y.title, { x: 14, y: up(0.5), "text-anchor": "middle", transform: `rotate(-90 14 ${up(0.5)})` }),
  );
}

/** A few whole steps from 0 to `most` or a little less. */
export function wholeSteps(most: number): number[] {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, most)));
  const step = Math.max(
    1,
    [0.2, 0.5, 1, 2].map((part) => part * power).find((each) => most / each <= 5) ?? power,
  );
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, k) => k * step);
}
