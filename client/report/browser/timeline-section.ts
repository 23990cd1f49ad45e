/** Who computed what, when: a canvas whatever the number of bars, of which any stretch is shown. */
import { drawBottomAxis, ticksAcross } from "../../../plots/axes.ts";
import { fitText, textWidth } from "../../../plots/text.ts";
import { dots, FRAME, GRID, INK, themeAt } from "../../../plots/theme.ts";
import { valueTicks } from "../../../plots/ticks.ts";
import { count, counted } from "../../../shared/validation/counted.ts";
import type { PageData } from "../../page/page-data.ts";
import { type Look, Sheet } from "./browser-canvas.ts";
import { button, details, el, section, table } from "./elements.ts";
import { duration, partOf, percent } from "./numbers.ts";
import { keepDrawn, lookNow } from "./redrawing.ts";

const [BUSY, COLD_START, IDLE] = [0x2f6fb0, 0xf08c1d, 0xe9ecf1];
/** In hundredths of an inch. */
const [TALLEST_LANE, PLOT_HEIGHT, WIDEST_NAME] = [30, 480, 140];
/** The least stretch that is shown (ms). */
const LEAST_MS = 1;
const MOST_ROWS = 100;

export function timelineSection(data: PageData): HTMLElement {
  const { bars, coldStarts, lanes } = data;
  const endMs = Math.max(
    1,
    ...[...bars, ...coldStarts].map(({ startMs, durationMs }) => startMs + durationMs),
    data.summary?.makespanMs ?? 0,
  );
  let [fromMs, toMs] = [0, endMs];
  let plot = { left: 0, width: 1, top: 0, lane: 1 };
  const canvas = el("canvas", {
    ...{ id: "timeline", tabindex: "0", role: "img", "aria-describedby": "span bar" },
    "aria-label": "Who computed what, when. Plus and minus zoom, left and right arrows move.",
  });
  const span = el("output", { id: "span" });
  const told = el("output", { id: "bar" });
  const box = el("div", { class: "picture" }, canvas);

  const draw = (look: Look) => {
    const theme = themeAt(100 * look.scale * (box.clientWidth < 500 ? 0.8 : 1));
    const width = Math.max(200, Math.floor(box.clientWidth * look.scale));
    const rows = Math.max(1, lanes.length);
    const fitting = Math.min(dots(theme, TALLEST_LANE), dots(theme, PLOT_HEIGHT) / rows);
    const lane = fitting < 1 ? fitting : Math.floor(fitting);
    const isNamed = lane >= theme.text;
    const names = isNamed ? lanes.map((name) => fitText(name, theme.text, dots(theme, WIDEST_NAME))) : [];
    const pad = dots(theme, 8);
    const left = pad + Math.ceil(Math.max(0, ...names.map((name) => textWidth(name, theme.text)))) + pad;
    const [top, height] = [pad, rows * lane];
    const sheet = new Sheet(canvas, width, top + height + dots(theme, 60), look, theme);
    plot = { left, width: width - left - 2 * pad, top, lane };
    const within = { x: left, y: top, width: plot.width, height };
    sheet.fillRect(within, IDLE);
    const paint = (
      some: readonly { lane: number; startMs: number; durationMs: number }[],
      colour: number,
    ) => {
      for (const { lane: row, startMs, durationMs } of some) {
        if (startMs > toMs || startMs + durationMs < fromMs) continue;
        const [from, to] = [startMs, startMs + durationMs].map((ms) =>
          placeOf(Math.min(toMs, Math.max(fromMs, ms))),
        );
        const gap = lane >= 6 ? Math.max(1, Math.round(lane / 6)) : 0;
        const between = to! - from! > 4 * look.scale ? look.scale : 0;
        const bar = { x: from!, width: Math.max(look.scale / 2, to! - from! - between) };
        sheet.fillRect({ ...bar, y: top + row * lane + (gap >> 1), height: lane - gap }, colour);
      }
    };
    paint(coldStarts, COLD_START);
    paint(bars, BUSY);
    sheet.frame(within, GRID, theme.unit);
    const [unit, unitMs] = toMs < 2000 ? ["ms", 1] : ["s", 1000];
    const make = (most: number) =>
      valueTicks(
        fromMs / unitMs,
        toMs / unitMs,
        most,
        (value) => (value * unitMs - fromMs) / (toMs - fromMs),
      );
    sheet.fillRect({ ...within, y: top + height, height: theme.unit }, FRAME);
    const ticks = ticksAcross(make, plot.width, theme.text);
    drawBottomAxis(sheet, within, ticks, { name: "time since submission", unit }, theme);
    for (const [row, name] of names.entries()) {
      const baseline = top + (row + 0.5) * lane + theme.text * 0.36;
      sheet.text(name, left - pad, baseline, { size: theme.text, colour: INK, align: "right" });
    }
    const isWhole = fromMs === 0 && toMs === endMs;
    span.textContent = `${isWhole ? "All of it" : "Shown"}: ${duration(fromMs)} to ${duration(toMs)}.`;
  };
  const placeOf = (ms: number) => plot.left + ((ms - fromMs) / (toMs - fromMs)) * plot.width;
  const timeAt = (x: number) => fromMs + ((x - plot.left) / plot.width) * (toMs - fromMs);
  let due = 0;
  const show = (from: number, to: number) => {
    const length = Math.min(endMs, Math.max(LEAST_MS, to - from));
    fromMs = Math.min(endMs - length, Math.max(0, from));
    toMs = fromMs + length;
    cancelAnimationFrame(due);
    due = requestAnimationFrame(() => draw(lookNow()));
  };
  const zoom = (factor: number, centreMs = (fromMs + toMs) / 2) =>
    show(centreMs - (centreMs - fromMs) * factor, centreMs + (toMs - centreMs) * factor);
  const move = (share: number) => show(fromMs + share * (toMs - fromMs), toMs + share * (toMs - fromMs));
  const whole = () => show(0, endMs);

  const dotsAcross = (x: number) => (x * canvas.width) / canvas.clientWidth;
  // The wheel alone scrolls the page, as it does anywhere else.
  canvas.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.shiftKey) return;
      event.preventDefault();
      zoom(event.deltaY + event.deltaX > 0 ? 1.25 : 0.8, timeAt(dotsAcross(event.offsetX)));
    },
    { passive: false },
  );
  canvas.addEventListener("pointerdown", ({ pointerId }) => canvas.setPointerCapture(pointerId));
  canvas.addEventListener("pointermove", ({ buttons, movementX, offsetX, offsetY }) => {
    if (buttons === 1) return move(-dotsAcross(movementX) / plot.width);
    const row = Math.floor((dotsAcross(offsetY) - plot.top) / plot.lane);
    const ms = timeAt(dotsAcross(offsetX));
    const bar = bars.find(
      (each) => each.lane === row && each.startMs <= ms && ms < each.startMs + each.durationMs,
    );
    told.textContent = bar ? describe(bar, lanes, partOf(data)) : "";
  });
  canvas.addEventListener("dblclick", ({ offsetX }) => zoom(0.5, timeAt(dotsAcross(offsetX))));
  const keys: Readonly<Record<string, () => void>> = {
    ...{ "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2), "0": whole },
    ...{ ArrowLeft: () => move(-0.2), ArrowRight: () => move(0.2) },
  };
  canvas.addEventListener("keydown", (event) => {
    const action = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
    if (event.ctrlKey || event.metaKey || !action) return;
    event.preventDefault();
    action();
  });
  keepDrawn(draw);
  const buttons = el(
    "p",
    { class: "buttons" },
    button("Zoom in", () => zoom(0.5)),
    button("Zoom out", () => zoom(2)),
    button("Earlier", () => move(-0.5)),
    button("Later", () => move(0.5)),
    button("All", whole),
  );
  return section(
    "work",
    "Timeline",
    el("p", {}, sentence(data)),
    el(
      "p",
      { class: "legend" },
      ...legend("busy", "at work"),
      ...legend("cold", "cold start"),
      ...legend("idle", "idle"),
    ),
    box,
    buttons,
    el("p", { class: "told" }, span, " ", told),
    details("The workers as a table", workersTable(data)),
  );
}

const legend = (kind: string, word: string) => [el("span", { class: `swatch ${kind}` }), `${word} `];

function describe(
  { lane, chunk, chunks, startMs, durationMs, cpuMs }: PageData["bars"][number],
  lanes: readonly string[],
  part: string,
): string {
  const what = chunks === 1 ? `${part} ${chunk}` : `${counted(chunks, part)} from ${chunk} on`;
  return `${lanes[lane] ?? ""}: ${what}, from ${duration(startMs)} for ${duration(durationMs)}, ${duration(cpuMs)} of CPU time.`;
}

function sentence(data: PageData): string {
  const { counts, summary } = data;
  const part = partOf(data);
  if (!summary) return "";
  const { makespanMs, busyMs, speedUp } = summary;
  const share = counts.workers > 0 && makespanMs > 0 ? busyMs / (counts.workers * makespanMs) : 0;
  const alone =
    part === "chunk"
      ? ` One core would have needed ${duration(summary.computeMs)}: speed-up ${speedUp.toFixed(2)}.`
      : "";
  return `${counted(counts.done, part)} on ${counted(counts.workers, "worker")} in ${duration(makespanMs)}: the workers were at work ${percent(share)} of that, ${counted(counts.coldStarts, "cold start")}.${alone}`;
}

function workersTable(data: PageData): HTMLElement {
  const { lanes, bars } = data;
  const sums = lanes.map(() => ({ chunks: 0, busyMs: 0, cpuMs: 0 }));
  for (const { lane, chunks, durationMs, cpuMs } of bars) {
    const sum = sums[lane];
    if (sum)
      Object.assign(sum, {
        chunks: sum.chunks + chunks,
        busyMs: sum.busyMs + durationMs,
        cpuMs: sum.cpuMs + cpuMs,
      });
  }
  const rows = lanes.slice(0, MOST_ROWS).map((name, k) => {
    const { chunks, busyMs, cpuMs } = sums[k]!;
    return [name, count(chunks), duration(busyMs), duration(cpuMs)];
  });
  const caption =
    lanes.length > MOST_ROWS ? `The first ${MOST_ROWS} of ${count(lanes.length)} workers` : "Workers";
  return table(caption, ["worker", `${partOf(data)}s`, "at work", "CPU time"], rows);
}
