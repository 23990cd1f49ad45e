import type { Page } from "../measuring/page.ts";
import { grouped, medianOf, percent, spreadOf } from "../measuring/statistics.ts";
import { tableOf } from "../measuring/table.ts";
import type { Seen } from "./seen-page.ts";

export const REPEATS = 3;
/** In which all reports of a job come. */
export const SECONDS = 20;
export const SIZES = [
  { chunks: 1_000, workers: 8 },
  { chunks: 10_000, workers: 100 },
  { chunks: 100_000, workers: 1_000 },
] as const;

type Shown = Seen & { readonly browser: NonNullable<Seen["browser"]> };

export function page(seen: readonly Seen[]): Page {
  const shown = seen.filter((one): one is Shown => one.browser !== null);
  const sizes = [...new Set(seen.map(({ chunks }) => chunks))].sort((a, b) => a - b);
  const most = sizes.at(-1) ?? 0;
  const largest = shown.filter(({ chunks }) => chunks === most);
  const late = medianOf(largest, ({ browser }) => browser.lateShare);
  const longest = Math.max(...largest.map(({ browser }) => browser.longestTaskMs));
  const busy = medianOf(largest, ({ browser }) => browser.busyShare);
  const cpu = medianOf(largest, ({ cpuMs }) => cpuMs / 1000 / SECONDS);
  return {
    answer: `While ${grouped(most)} chunks are reported within ${SECONDS} s, ${percent(late)} of the page's frames are late, the longest of its tasks in ${REPEATS} runs takes ${longest.toFixed(0)} ms, it is busy for ${percent(busy)} of the time, and the command that serves it takes ${percent(cpu)} of a core.`,
    about: `Reports of an array of 1,000 x 1,000 cells come evenly for ${SECONDS} s, each of one chunk with its cells and times; the page is served as \`run --watch\` does and shown by headless Chromium, which draws without a GPU here, at 1280 x 900. A frame is late if it comes more than 34 ms after the one before, two of a screen's at 60 Hz. Measured from the first chunk on the page to the last: medians of ${REPEATS} runs, smallest and largest in brackets. Server and browser share this machine's cores.`,
    tables: [
      tableOf(
        "The page, while the reports come",
        sizes.map((chunks) => shown.filter((one) => one.chunks === chunks)),
        {
          chunks: ([one]) => grouped(one!.chunks),
          workers: ([one]) => grouped(one!.workers),
          "frame (ms)": (same) => spreadOf(same, ({ browser }) => browser.frameMs.median, 1),
          "99 of 100 below (ms)": (same) => spreadOf(same, ({ browser }) => browser.frameMs.p99, 1),
          "longest (ms)": (same) => spreadOf(same, ({ browser }) => browser.frameMs.longest),
          "late (%)": (same) => spreadOf(same, ({ browser }) => 100 * browser.lateShare, 1),
          "tasks over 50 ms": (same) => spreadOf(same, ({ browser }) => browser.longTasks),
          "longest task (ms)": (same) => spreadOf(same, ({ browser }) => browser.longestTaskMs),
          "main thread busy": (same) => percent(medianOf(same, ({ browser }) => browser.busyShare)),
          "heap (MB)": (same) => spreadOf(same, ({ browser }) => browser.heapMb),
        },
      ),
      tableOf(
        "The command that serves it: CPU time in percent of a core, the making of the reports included, and its peak memory",
        sizes.map((chunks) => seen.filter((one) => one.chunks === chunks)),
        {
          chunks: ([one]) => grouped(one!.chunks),
          "without a browser (%)": (same) =>
            spreadOf(
              same.filter(({ browser }) => !browser),
              share,
              1,
            ),
          "with one (%)": (same) =>
            spreadOf(
              same.filter(({ browser }) => browser),
              share,
              1,
            ),
          "peak (MB)": (same) => spreadOf(same, ({ peakMb }) => peakMb),
        },
      ),
    ],
  };
}

const share = ({ cpuMs }: Seen) => (100 * cpuMs) / 1000 / SECONDS;
