import type { Page } from "../measuring/page.ts";
import { median, percent, spread, spreadOf } from "../measuring/statistics.ts";
import { type Table, tableOf } from "../measuring/table.ts";
import type { Results } from "./run.ts";
import type { Start } from "./start.ts";

export const REPEATS = 9;
export const THREADS = 2;
export const THREAD_REPEATS = 15;
export const STARTS = 15;

export function page(results: Results): Page {
  return {
    answer: answer(results),
    about: `Plain kernels and their fast twins. Median in ms, smallest and largest in brackets. \`G/s\` is 10⁹ iterations a second of those that the values count (of \`double-pendulum\`: steps of the integration), which the twin need not run all: it knows or proves of most interior points that they never escape. \`inside\` is the part of the cells that reach the limit.

Two numbers to reach on two threads: 2.1 ms for the default job (mandelbrot, 500 x 500), and 4.7 G/s where there is no interior to leave out. What the machine can do at the same time is in the table of C: the same algorithm, but without the proofs.

Users' kernels, compiled from other languages beside TypeScript, are in [own-kernels](own-kernels.md).`,
    tables: [oneThreadTable(results), threadsTable(results), besideCTable(results), startTable(results)],
  };
}

function answer({ measured, onThreads }: Results): string {
  const { kernel, region, plainMs, fastMs } = measured[0]!;
  const times = measured.map((each) => median(each.plainMs) / median(each.fastMs));
  return `The fast twin computes ${kernel} (${region}) in ${median(fastMs).toFixed(1)} ms of one core, the plain kernel in ${median(plainMs).toFixed(1)}, and on ${THREADS} threads in ${median(onThreads[0]!.wallMs).toFixed(1)} ms; over all regions a twin is ${Math.min(...times).toFixed(1)} to ${Math.max(...times).toFixed(1)} times as fast.`;
}

/** 10⁹ iterations a second. */
function rate(iterations: number, ms: readonly number[]): string {
  return (iterations / median(ms) / 1e6).toPrecision(2);
}

function oneThreadTable({ measured }: Results): Table {
  return tableOf(
    `One thread: the processor's time, plain and fast in turn in one process, median of ${REPEATS}`,
    measured,
    {
      kernel: ({ kernel }) => kernel,
      region: ({ region }) => region,
      "10⁶ iterations": ({ iterations }) => (iterations / 1e6).toFixed(1),
      inside: ({ limitReached }) => percent(limitReached),
      plain: ({ plainMs }) => spread(plainMs, 1),
      fast: ({ fastMs }) => spread(fastMs, 1),
      "plain G/s": ({ iterations, plainMs }) => rate(iterations, plainMs),
      "fast G/s": ({ iterations, fastMs }) => rate(iterations, fastMs),
      ratio: ({ plainMs, fastMs }) => (median(plainMs) / median(fastMs)).toFixed(1),
    },
  );
}

function threadsTable({ measured, onThreads }: Results): Table {
  return tableOf(
    `The twins on ${THREADS} threads, warm, on a core each, every second row each, median of ${THREAD_REPEATS}: wall time from one telling the other to both being done, and the processor's time by thread`,
    measured.map((each, at) => ({ ...each, ...onThreads[at]! })),
    {
      kernel: ({ kernel }) => kernel,
      region: ({ region }) => region,
      wall: ({ wallMs }) => spread(wallMs, 1),
      processor: ({ processorMs }) => spread(processorMs, 1),
      "G/s of wall": ({ iterations, wallMs }) => rate(iterations, wallMs),
      "G/s of processor": ({ iterations, processorMs }) => rate(iterations, processorMs),
    },
  );
}

function besideCTable({ measured, onThreads, inC }: Results): Table {
  const rows = measured.flatMap((each, at) => {
    const times = inC[at];
    return times
      ? [{ ...each, one: times.oneThread, several: times.severalThreads, twin: onThreads[at]! }]
      : [];
  });
  return tableOf(
    `The same algorithm in C (gcc, 128-bit vectors), without proofs: one thread, and ${THREADS} before and after the twins, medians of ${THREAD_REPEATS} and ${2 * THREAD_REPEATS}. The last column is the twins' time of the processor on ${THREADS} threads in relation to C's${rows.length > 0 ? "" : ". Not measured: there was no gcc"}`,
    rows,
    {
      kernel: ({ kernel }) => kernel,
      region: ({ region }) => region,
      "1 thread, processor": ({ one }) => spread(one.processorMs, 1),
      [`${THREADS} threads, wall`]: ({ several }) => spread(several.wallMs, 1),
      [`${THREADS} threads, processor`]: ({ several }) => spread(several.processorMs, 1),
      "1 thread, G/s of processor": ({ iterations, one }) => rate(iterations, one.processorMs),
      [`${THREADS} threads, G/s of processor`]: ({ iterations, several }) =>
        rate(iterations, several.processorMs),
      "twins / C": ({ twin, several }) => (median(twin.processorMs) / median(several.processorMs)).toFixed(2),
    },
  );
}

function startTable({ starts }: Results): Table {
  const figure = (of: keyof Start) => () => spreadOf(starts, (start) => start[of], 2);
  return tableOf(
    `What the module costs at a cold start: a new process each, median of ${STARTS}, in ms`,
    starts.slice(0, 1),
    {
      bytes: ({ sizeBytes }) => sizeBytes,
      compile: figure("compileMs"),
      instantiate: figure("instantiateMs"),
      "first call, one point": figure("firstCallMs"),
    },
  );
}
