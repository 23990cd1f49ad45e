/** The array: its picture, in which a pointer or the arrow keys read each cell, and in words where it is cut. */
import { drawHeatmap } from "../../../plots/heatmap.ts";
import { count, counted } from "../../../shared/validation/counted.ts";
import { overviewShape, type PageData } from "../../page/page-data.ts";
import { canvasMedium, type Look, type Sheet } from "./browser-canvas.ts";
import { el, section, table } from "./elements.ts";
import { short, withUnit } from "./numbers.ts";
import { type Shown, shownValue } from "./picture-of-page.ts";
import { keepDrawn, lookNow } from "./redrawing.ts";

/** Calls `onValue` with what is shown, at first and when another value is chosen. */
export function arraySection(data: PageData, onValue: (shown: Shown) => void): HTMLElement {
  const canvas = el("canvas", {
    ...{ id: "heatmap", tabindex: "0", role: "img", "aria-describedby": "cell" },
    "aria-label": "The array as colours. Arrow keys go from cell to cell, with Shift ten at a time.",
  });
  const marker = el("div", { class: "marker", hidden: "" });
  const cell = el("output", { id: "cell" }, HINT);
  const box = el("div", { class: "picture" }, canvas, marker);
  let shown = shownValue(data, 0);
  let sheet: Sheet | undefined;
  let place: { row: number; column: number } | undefined;

  const draw = (look: Look) => {
    const onSheet = (made: Sheet) => {
      sheet = made;
    };
    const most = Math.floor(box.clientWidth * look.scale);
    drawHeatmap(shown.picture, canvasMedium(canvas, look, undefined, onSheet));
    // Drawn again: letters of a picture that is only shown smaller could not be read.
    const plot = sheet?.plot;
    if (plot && canvas.width > most) {
      const beside = canvas.width - plot.width;
      const height = Math.round(
        canvas.height - plot.height + (plot.height / plot.width) * Math.max(1, most - beside),
      );
      drawHeatmap(shown.picture, canvasMedium(canvas, look, { width: most, height }, onSheet));
    }
    mark();
  };
  const mark = () => {
    marker.hidden = place === undefined;
    const plot = sheet?.plot;
    if (!place || !plot || !sheet) return;
    const { rows, columns } = shown.picture.overview;
    const shownAs = canvas.clientWidth / sheet.width;
    const isFlat = shown.picture.y !== undefined;
    const [width, height] = [plot.width / columns, isFlat ? plot.height / rows : plot.height];
    const css = { left: plot.x + place.column * width, top: plot.y + place.row * height, width, height };
    for (const [name, dots] of Object.entries(css)) marker.style.setProperty(name, `${dots * shownAs}px`);
    cell.textContent = shown.tell(place.row, place.column);
  };
  const goTo = (row: number, column: number) => {
    const { rows, columns } = shown.picture.overview;
    place = { row: within(row, rows), column: within(column, columns) };
    mark();
  };
  canvas.addEventListener("pointermove", ({ offsetX, offsetY }) => {
    const plot = sheet?.plot;
    if (!plot || !sheet) return;
    const { rows, columns } = shown.picture.overview;
    const dots = sheet.width / canvas.clientWidth;
    const [x, y] = [(offsetX * dots - plot.x) / plot.width, (offsetY * dots - plot.y) / plot.height];
    if (x >= 0 && x < 1 && y >= 0 && y < 1) goTo(Math.floor(y * rows), Math.floor(x * columns));
  });
  canvas.addEventListener("keydown", (event) => {
    const { rows, columns } = shown.picture.overview;
    const from = place ?? { row: rows >> 1, column: columns >> 1 };
    const step = event.shiftKey ? 10 : 1;
    const [down, right] = STEPS[event.key] ?? [];
    if (down === undefined || right === undefined) return;
    event.preventDefault();
    goTo(from.row + down * step, from.column + right * step);
  });
  keepDrawn(draw);

  const names = data.values.map(({ name, about }) => about || name);
  const choice = el("select", { id: "value" }, ...names.map((name, k) => new Option(name, String(k))));
  choice.addEventListener("change", () => {
    shown = shownValue(data, Number(choice.value));
    onValue(shown);
    draw(lookNow());
  });
  onValue(shown);
  return section(
    "array",
    "Array",
    names.length > 1 && el("p", {}, el("label", {}, "Value ", choice)),
    box,
    el("p", { class: "told" }, cell),
    ...remarks(data).map((text) => el("p", {}, text)),
    axesTable(data),
    statisticsTable(data),
  );
}

const HINT = "Point at a cell, or press arrow keys in the picture, to read it.";
const STEPS: Readonly<Record<string, readonly [down: number, right: number]>> = {
  ...{ ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] },
  ...{ Home: [0, -1e6], End: [0, 1e6], PageUp: [-1e6, 0], PageDown: [1e6, 0] },
};

const within = (at: number, length: number): number => Math.min(length - 1, Math.max(0, at));

/** What the picture leaves out. */
function remarks(data: PageData): string[] {
  const { axes, counts, unread = 0, more } = data;
  const shape = overviewShape(data);
  const drawn = axes.slice(0, 2);
  const whole = drawn.map(({ length }) => length);
  const isSampled = whole.reduce((all, length) => all * length, 1) > shape[0] * shape[1];
  const cuts = axes.slice(2);
  const missing = counts.total - counts.done;
  return [
    ...(isSampled
      ? [
          `The picture has ${shape
            .slice(2 - drawn.length)
            .map(count)
            .join(
              " × ",
            )} of ${whole.map(count).join(" × ")} cells, evenly spread; the array has all of them.`,
        ]
      : []),
    ...(missing > 0
      ? [
          `${counted(missing, "chunk")} of ${count(counts.total)} ${missing === 1 ? "is" : "are"} missing: their cells are hatched, and read as the fill value.`,
        ]
      : []),
    ...(unread > 0
      ? [
          `${counted(unread, "chunk")} ${unread === 1 ? "is" : "are"} stored elsewhere and too large to be read for this page: their cells are hatched.`,
        ]
      : []),
    ...(cuts.length > 0
      ? [
          `The picture is a cut: ${cuts.map(({ name, coordinates, unit }) => `${name} = ${withUnit(short(coordinates[0]!), unit)}`).join(", ")}. Another one: ${more?.plot}`,
        ]
      : []),
  ];
}

function axesTable({ axes }: PageData): HTMLElement {
  return table(
    "Axes",
    ["axis", "what", "cells", "a chunk", "from", "to"],
    axes.map(({ name, about, unit, length, chunk, ends }) => {
      const [first, last] = ends.map((point) => withUnit(short(point), unit));
      return [name, about, count(length), count(chunk), first!, last!];
    }),
  );
}

function statisticsTable({ values, summary }: PageData): HTMLElement | undefined {
  if (!summary) return undefined;
  return table(
    "Values",
    ["value", "type", "sum", "smallest", "largest", "NaN or infinite"],
    summary.statistics.map(({ sum, min, max, nonFinite }, k) => {
      const { name = "", dtype = "", unit = "" } = values[k] ?? {};
      const told = [short(sum, 12), ...[min, max].map((end) => withUnit(short(end), unit))];
      return [name || "value", dtype, ...told, count(nonFinite)];
    }),
  );
}
