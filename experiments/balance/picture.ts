/** Bars for the busy time of every worker, one panel for each way of handing chunks out. */
import { Canvas } from "../../plots/canvas.ts";
import { FRAME, INK, LINE, PAPER, SCREEN } from "../../plots/theme.ts";
import type { Outcome } from "./model.ts";

const WIDTH = 900;
const PANEL = { x: 24, width: 600, barHeight: 12, gap: 3, above: 40 };
const MEAN = 0xd62728;
/** The mean's line goes through no label. */
const LABEL_WIDTH = 60;

export function drawBusy(title: string, ways: readonly (Outcome & { readonly name: string })[]): Uint8Array {
  const bars = Math.max(...ways.map(({ busySeconds }) => busySeconds.length));
  const panelHeight = PANEL.above + bars * (PANEL.barHeight + PANEL.gap);
  const canvas = new Canvas(WIDTH, 50 + ways.length * panelHeight + 16, PAPER);
  const longest = Math.max(...ways.map(({ makespanSeconds }) => makespanSeconds));
  const text = { size: SCREEN.text, colour: INK, align: "left" } as const;
  canvas.text(title, PANEL.x, 32, { ...text, size: SCREEN.title });
  ways.forEach(({ name, busySeconds, slowestOverMean, idleShare }, way) => {
    const top = 50 + way * panelHeight + PANEL.above;
    canvas.text(name, PANEL.x, top - 10, text);
    const mean = busySeconds.reduce((sum, seconds) => sum + seconds, 0) / busySeconds.length;
    const meanAt = PANEL.x + Math.round((mean / longest) * PANEL.width);
    busySeconds.forEach((seconds, worker) => {
      const y = top + worker * (PANEL.barHeight + PANEL.gap);
      const width = Math.round((seconds / longest) * PANEL.width);
      canvas.fillRect({ x: PANEL.x, y, width, height: PANEL.barHeight }, LINE);
      const end = PANEL.x + width;
      const isHidden = end < meanAt && end + LABEL_WIDTH > meanAt;
      const words = `${(1000 * seconds).toFixed(0)} ms`;
      canvas.text(words, (isHidden ? meanAt : end) + 6, y + PANEL.barHeight - 1, text);
    });
    const height = busySeconds.length * (PANEL.barHeight + PANEL.gap);
    canvas.fillRect({ x: meanAt, y: top - 4, width: 2, height: height + 4 }, MEAN);
    const words = [`slowest / mean ${slowestOverMean.toFixed(2)}`, `idle ${(100 * idleShare).toFixed(0)} %`];
    for (const [line, word] of words.entries()) canvas.text(word, WIDTH - 190, top + 24 + 22 * line, text);
  });
  canvas.frame({ x: 1, y: 1, width: canvas.width - 2, height: canvas.height - 2 }, FRAME);
  return canvas.encode();
}
