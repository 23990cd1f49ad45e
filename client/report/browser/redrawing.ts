/** Pictures that are drawn again as the window, its colours or its paper change. */
import type { Look } from "./browser-canvas.ts";

type Draw = (look: Look) => void;

const drawn: Draw[] = [];
const dark = matchMedia("(prefers-color-scheme: dark)");
let isPrinted = false;

export const lookNow = (): Look => ({
  isDark: dark.matches && !isPrinted,
  scale: Math.min(2, Math.max(1, devicePixelRatio)),
});

/** Draws it once it is on the page, and again whenever that looks otherwise. */
export function keepDrawn(draw: Draw): void {
  drawn.push(draw);
}

export function drawAll(): void {
  for (const draw of drawn) draw(lookNow());
}

let due = 0;
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === width) return;
  width = innerWidth;
  cancelAnimationFrame(due);
  due = requestAnimationFrame(drawAll);
});
dark.addEventListener("change", drawAll);
// Paper is light.
for (const [event, onPaper] of [
  ["beforeprint", true],
  ["afterprint", false],
] as const)
  addEventListener(event, () => {
    isPrinted = onPaper;
    drawAll();
  });
