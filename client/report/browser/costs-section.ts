/** How much CPU time chunks took, and what Amdahl's law says of this run. */
import { count, counted } from "../../../shared/validation/counted.ts";
import { amdahlOfRun } from "../../page/amdahl-of-run.ts";
import type { PageData } from "../../page/page-data.ts";
import { chart, wholeSteps } from "./charts.ts";
import { details, el, section, svg, table } from "./elements.ts";
import { duration, partOf, percent } from "./numbers.ts";

/** The bins of a decade, see `costBin`. */
const PER_DECADE = 20;
const startOf = (bin: number) => 10 ** (bin / PER_DECADE);

export function costsSection(data: PageData): HTMLElement | undefined {
  const { costs, summary } = data;
  const part = partOf(data);
  const bins = Object.entries(costs)
    .map(([bin, chunks]) => ({ bin: Number(bin), chunks }))
    .sort((a, b) => a.bin - b.bin);
  const [first, last] = [bins[0], bins.at(-1)];
  if (!first || !last) return undefined;
  const from = Math.floor(first.bin / PER_DECADE) * PER_DECADE;
  const to = Math.max(from + PER_DECADE, Math.ceil((last.bin + 1) / PER_DECADE) * PER_DECADE);
  const most = Math.max(...bins.map(({ chunks }) => chunks));
  const decades = Array.from({ length: (to - from) / PER_DECADE + 1 }, (_, k) => from + k * PER_DECADE);
  const place = (bin: number) => (bin - from) / (to - from);
  const picture = chart(
    `How many ${part}s took how much CPU time; the table below has the numbers`,
    {
      title: `CPU time of a ${part}`,
      ticks: decades.map((bin) => ({ at: place(bin), label: duration(startOf(bin)) })),
    },
    { title: `${part}s`, ticks: wholeSteps(most).map((step) => ({ at: step / most, label: count(step) })) },
    (across, up) =>
      bins.map(({ bin, chunks }) =>
        svg("rect", {
          ...{
            class: "bar",
            x: across(place(bin)),
            width: Math.max(1, across(place(bin + 1)) - across(place(bin)) - 1),
          },
          ...{ y: up(chunks / most), height: up(0) - up(chunks / most) },
        }),
      ),
  );
  const total = bins.reduce((sum, { chunks }) => sum + chunks, 0);
  const median = middle(bins, total / 2);
  const slowest = summary?.slowest;
  const told = slowest
    ? `Half of the ${part}s took less than ${duration(startOf(median + 1))}; the slowest, ${part} ${slowest.chunk}, took ${duration(slowest.cpuMs)}.`
    : "";
  const rows = bins.map(({ bin, chunks }) => [
    `${duration(startOf(bin))} to ${duration(startOf(bin + 1))}`,
    count(chunks),
  ]);
  return section(
    "costs",
    `What ${part}s cost`,
    el("p", {}, told),
    picture,
    details(
      "The distribution as a table",
      table(`CPU time of ${counted(total, part)}`, ["CPU time", `${part}s`], rows),
    ),
  );
}

function middle(bins: readonly { readonly bin: number; readonly chunks: number }[], half: number): number {
  let sum = 0;
  for (const { bin, chunks } of bins) {
    sum += chunks;
    if (sum >= half) return bin;
  }
  return 0;
}

/** Workers of the curve: twice as many each time, beyond those that there were. */
function widthsFor(workers: number): number[] {
  const most = Math.max(64, 4 * workers);
  const widths = Array.from({ length: Math.ceil(Math.log2(most)) + 1 }, (_, k) => 2 ** k);
  return [...new Set([...widths, workers])].filter((width) => width >= 1).sort((a, b) => a - b);
}

const MOST_TICKS = 8;

export function amdahlSection(data: PageData): HTMLElement | undefined {
  const run = amdahlOfRun(data);
  if (!run) return undefined;
  const { workers } = data.counts;
  const widths = widthsFor(workers);
  const [largest, top] = [widths.at(-1)!, Math.max(2, run.speedUp(widths.at(-1)!) * 1.1)];
  const place = (width: number) => Math.log2(width) / Math.log2(largest);
  const every = Math.ceil(Math.log2(largest) / MOST_TICKS);
  const limit = run.speedUp(Number.POSITIVE_INFINITY);
  const now = run.speedUp(workers);
  const picture = chart(
    "The speed-up by Amdahl's law for more workers; the table below has the numbers",
    {
      title: "workers",
      ticks: widths
        .filter((width) => Number.isInteger(Math.log2(width) / every))
        .map((width) => ({ at: place(width), label: count(width) })),
    },
    {
      title: "times as fast",
      ticks: wholeSteps(top).map((step) => ({ at: step / top, label: count(step) })),
    },
    (across, up) => [
      svg("path", { class: "limit", d: `M${across(0)} ${up(Math.min(1, limit / top))}H${across(1)}` }),
      svg("path", {
        class: "curve",
        d: `M${curve(largest)
          .map((width) => `${across(place(width))} ${up(run.speedUp(width) / top)}`)
          .join("L")}`,
      }),
      svg("circle", { class: "now", cx: across(place(workers)), cy: up(now / top), r: 5 }),
    ],
  );
  const workedMs = data.summary!.makespanMs - run.waitedMs;
  const waited = run.waitedMs > 0 ? ` after the ${duration(run.waitedMs)} before a worker began` : "";
  return section(
    "amdahl",
    "What more workers would give",
    el(
      "p",
      {},
      `No worker was at work in ${duration(run.serialMs)} of ${duration(workedMs)}${waited}: start-up, splitting and waiting, which no further worker shortens. That is ${percent(run.serialShare)} of the ${duration(run.serialMs + run.sharedMs)} that one worker would take. By Amdahl's law ${counted(workers, "worker")} ${workers === 1 ? "is" : "are"} ${now.toFixed(2)} times as fast as one, and no number of them more than ${limit.toFixed(2)} times: the longest ${partOf(data)} takes ${duration(run.longestMs)}. Each worker is taken to have a core of its own; manyhands scale measures it.`,
    ),
    picture,
    details(
      "The curve as a table",
      table(
        "By Amdahl's law",
        ["workers", "times as fast", "time"],
        [...widths, Number.POSITIVE_INFINITY].map((width) => [
          Number.isFinite(width) ? `${count(width)}${width === workers ? " (this run)" : ""}` : "any number",
          run.speedUp(width).toFixed(2),
          duration((run.serialMs + run.sharedMs) / run.speedUp(width)),
        ]),
      ),
    ),
  );
}

const curve = (most: number) => Array.from({ length: 81 }, (_, k) => most ** (k / 80));
