/** The surface, which turns: by pointer, keys or buttons. */
import { DEFAULT_VIEW } from "../../../plots/projection.ts";
import { drawSurface } from "../../../plots/surface.ts";
import { canvasMedium, type Look } from "./browser-canvas.ts";
import { button, el, section } from "./elements.ts";
import type { Shown } from "./picture-of-page.ts";
import { keepDrawn, lookNow } from "./redrawing.ts";

const STEP = 10;
/** Degrees a pixel. */
const DRAGGED = 0.4;
/** Height divided by width. */
const PROPORTION = 0.72;
/** How long (ms) after it was turned it is drawn in full. */
const REST_MS = 150;

export interface SurfaceSection {
  readonly element: HTMLElement;
  show(shown: Shown): void;
}

export function surfaceSection(first: Shown): SurfaceSection {
  let { picture } = first;
  let view = DEFAULT_VIEW;
  let rest: ReturnType<typeof setTimeout> | undefined;
  const canvas = el("canvas", {
    ...{ id: "surface", tabindex: "0", role: "img", "aria-describedby": "view" },
    "aria-label": "The array as a landscape. Arrow keys turn it.",
  });
  const told = el("output", { id: "view" });
  const box = el("div", { class: "picture" }, canvas);

  const draw = (look: Look) => {
    const width = Math.max(200, Math.floor(box.clientWidth * look.scale));
    const size = { width, height: Math.round(width * PROPORTION) };
    drawSurface({ ...picture, view }, { detail: "quick" }, canvasMedium(canvas, look, size));
    told.textContent = `Seen from azimuth ${Math.round(view.azimuth)}°, elevation ${Math.round(view.elevation)}°.`;
  };
  let due = 0;
  const drawSoon = (look: Look) => {
    cancelAnimationFrame(due);
    due = requestAnimationFrame(() => draw(look));
  };
  const turn = (azimuth: number, elevation: number) => {
    view = {
      azimuth: ((((view.azimuth + azimuth + 180) % 360) + 360) % 360) - 180,
      elevation: Math.min(90, Math.max(0, view.elevation + elevation)),
    };
    // Coarse while it moves.
    drawSoon({ ...lookNow(), scale: 0.6 });
    clearTimeout(rest);
    rest = setTimeout(() => drawSoon(lookNow()), REST_MS);
  };
  canvas.addEventListener("pointerdown", ({ pointerId }) => canvas.setPointerCapture(pointerId));
  canvas.addEventListener("pointermove", ({ buttons, movementX, movementY }) => {
    if (buttons === 1) turn(-DRAGGED * movementX, DRAGGED * movementY);
  });
  canvas.addEventListener("keydown", (event) => {
    const [azimuth, elevation] = TURNS[event.key] ?? [];
    if (azimuth === undefined || elevation === undefined) return;
    event.preventDefault();
    turn(azimuth, elevation);
  });
  keepDrawn(draw);
  const reset = button("As at first", () => {
    view = DEFAULT_VIEW;
    draw(lookNow());
  });
  const turns = Object.entries({
    "Turn left": "ArrowLeft",
    "Turn right": "ArrowRight",
    Higher: "ArrowUp",
    Lower: "ArrowDown",
  });
  const buttons = turns.map(([label, key]) => button(label, () => turn(...TURNS[key]!)));
  const bar = el("p", { class: "buttons" }, ...buttons, reset);
  return {
    element: section("relief", "Surface", box, bar, el("p", { class: "told" }, told)),
    show(shown) {
      picture = shown.picture;
      if (canvas.isConnected) draw(lookNow());
    },
  };
}

const TURNS: Readonly<Record<string, readonly [azimuth: number, elevation: number]>> = {
  ArrowLeft: [STEP, 0],
  ArrowRight: [-STEP, 0],
  ArrowUp: [0, STEP],
  ArrowDown: [0, -STEP],
};
