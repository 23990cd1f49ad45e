import type { PlatformReport } from "../../client/cloud/report-lines.ts";
import { type Interval, inWords, medianInterval } from "../measuring/bootstrap.ts";
import type { Page } from "../measuring/page.ts";
import { columnsFor, type Table, tableOf } from "../measuring/table.ts";
import type { Aws } from "./aws.ts";
import {
  BUNDLE_MEMORIES_MB,
  BUNDLES,
  type BundleName,
  CELLS,
  KERNELS,
  type Kernel,
  MEMORIES_MB,
} from "./cells.ts";
import type { Here, Measured } from "./here.ts";
import { drawStarts, type Line } from "./picture.ts";
import { PUBLISHED } from "./published.ts";

const [DEPLOYED, BEFORE, REHEARSED] = BUNDLES;
const PARTS = ["init", "first", "second"] as const;
type Part = (typeof PARTS)[number];

/** What Lambda's caller waits for: the environment's start and its first event. */
const cold = ({ init, first }: Measured) => init.wallMs + first.wallMs;

export interface Results extends Here {
  /** Where a deployment was measured: what Lambda's own reports say. */
  readonly aws?: Aws & { readonly date: string };
}

export function page({ starts, load, snapshotFault, aws }: Results): Page {
  const of = (memoryMb: number, bundle: BundleName, kernel: Kernel = "WebAssembly") => {
    const cell = CELLS.findIndex(
      (each) => each.memoryMb === memoryMb && each.bundle === bundle && each.kernel === kernel,
    );
    return starts.filter((start) => start.cell === cell).sort((a, b) => a.block - b.block);
  };
  const interval = (some: readonly Measured[], figure: (start: Measured) => number) =>
    medianInterval(some.map(figure));
  const wall = (some: readonly Measured[], part: Part) => interval(some, (start) => start[part].wallMs);
  const cpu = (some: readonly Measured[], part: Part) => interval(some, (start) => start[part].cpuMs);
  /** How much less the figure is than before, start by start of the same block. */
  const gain = (memoryMb: number, figure: (start: Measured) => number): Interval => {
    const before = of(memoryMb, BEFORE);
    return medianInterval(of(memoryMb, DEPLOYED).map((start, k) => figure(before[k]!) - figure(start)));
  };
  const first = (memoryMb: number, bundle: BundleName) =>
    wall(of(memoryMb, bundle), "first").median.toFixed(0);
  const blocks = of(128, DEPLOYED).length;
  const events = (part: Part) => (memoryMb: number) => wall(of(memoryMb, DEPLOYED), part);

  const line = (name: string, colour: string, bundle: BundleName, part: Part, isDashed = false): Line => ({
    ...{ name, colour, isDashed },
    points: MEMORIES_MB.map((memory) => {
      const { low, median, high } = wall(of(memory, bundle), part);
      return [memory, low, median, high];
    }),
  });

  return {
    answer: `A worker's first event takes ${first(128, DEPLOYED)} ms at 128 MB, ${first(512, DEPLOYED)} at 512 and ${first(1769, DEPLOYED)} at 1769; before its work was moved into init it took ${first(128, BEFORE)}, ${first(512, BEFORE)} and ${first(1769, BEFORE)}. Memory does not change init, which takes ${cpu(of(128, DEPLOYED), "init").median.toFixed(0)} ms of CPU with that work and ${cpu(of(128, BEFORE), "init").median.toFixed(0)} without.`,
    about: [
      "Here, and not on AWS: the worker's bundle starts in a slot of its own, as engine `local` starts it but without code that was compiled earlier, and asks the embedded S3 and SQS over TLS. From its first event on, a cgroup holds it to Lambda's share of a processor: m / 1769 of a core in each 20 ms. Init is not held back, because on Lambda memory does not change it (below, lambda-perf). **init** is from the start of the process until its handler has loaded, **first** and **second** are events with a message of one chunk of 10 x 10 cells. Two things are not in it: what Lambda takes to make an environment, and the network, which is this machine's.",
      `Each figure is the median of ${blocks} starts with its 95 % bootstrap interval, in ms. Blocks of all ${CELLS.length} cells, each in an order of its own, follow each other, so that what disturbs the machine disturbs all cells alike. Its load was ${load.map((value) => value.toFixed(1)).join(" before and ")} after, with two cores: above 512 MB compare CPU time rather than wall time.`,
      "![A worker's first event by memory, before and after](../pictures/cold-start.svg)",
      "**What was in a first event.** Profiled over TLS, 30 ms of CPU where the second event takes 4. They were functions that V8 compiles, and modules that Node loads, when they are first called (schemas, signatures, the client of HTTP, WebAssembly): 13 ms. Certificates that Node trusts are read, and TLS connections made: 7 ms. Now all functions open their connections while they load, and a worker of less than 1100 MB works a message of a job that does not exist, with services that are not asked ([why](../decisions/workers.md)); where its zip has kernels from files, it loads what computes them. What is left is the exchange with S3 and SQS, and for an uploaded kernel the thread that it computes in, 100 ms of CPU.",
      snapshotFault === null
        ? "A startup snapshot could be made of node:http by this Node, and was not measured."
        : `**No startup snapshot.** Node ends with an abort when a snapshot is to hold node:http (\`${snapshotFault}\`), without which no function asks S3. It would also need Lambda's very binary of Node, which AWS renews without notice.`,
      "**Published figures** are of AWS. They are in the last table because the two do not mix: ours tell what the worker costs, theirs what Lambda adds.",
    ].join("\n\n"),
    pictures: {
      "cold-start.svg": () =>
        drawStarts("Wall time of a worker's start by memory, medians and 95 % intervals", MEMORIES_MB, [
          line("first event, before", "#d62728", BEFORE, "first", true),
          line("first event", "#d62728", DEPLOYED, "first"),
          line("second event", "#1f77b4", DEPLOYED, "second"),
          line("init, before", "#2ca02c", BEFORE, "init", true),
          line("init", "#2ca02c", DEPLOYED, "init"),
        ]),
    },
    tables: [
      tableOf("Wall time by memory and kernel, as deployed (ms)", MEMORIES_MB, {
        "memory (MB)": (memory) => memory,
        init: (memory) => inWords(events("init")(memory)),
        ...columnsFor(
          KERNELS.flatMap((kernel) => (["first", "second"] as const).map((part) => [kernel, part] as const)),
          ([kernel, part]) => `${kernel}: ${part}`,
          (memory: number, [kernel, part]) => inWords(wall(of(memory, DEPLOYED, kernel), part)),
        ),
      }),
      tableOf("CPU time by memory and kernel, as deployed (ms)", MEMORIES_MB, {
        "memory (MB)": (memory) => memory,
        init: (memory) => inWords(cpu(of(memory, DEPLOYED), "init")),
        ...columnsFor(
          KERNELS.flatMap((kernel) => (["first", "second"] as const).map((part) => [kernel, part] as const)),
          ([kernel, part]) => `${kernel}: ${part}`,
          (memory: number, [kernel, part]) => inWords(cpu(of(memory, DEPLOYED, kernel), part), 1),
        ),
      }),
      tableOf("What moving work into init gains (ms; gains by pairs of the same block)", MEMORIES_MB, {
        "memory (MB)": (memory) => memory,
        "first, before": (memory) => inWords(wall(of(memory, BEFORE), "first")),
        "first, now": (memory) => inWords(wall(of(memory, DEPLOYED), "first")),
        "gain, first": (memory) => inWords(gain(memory, (start) => start.first.wallMs)),
        "gain, init and first": (memory) => inWords(gain(memory, cold)),
        "gain, CPU of first": (memory) =>
          inWords(
            gain(memory, ({ first }) => first.cpuMs),
            1,
          ),
        "gain, CPU of init": (memory) =>
          inWords(
            gain(memory, ({ init }) => init.cpuMs),
            1,
          ),
      }),
      tableOf(
        "A rehearsal, or connections alone: as deployed there is one below 1100 MB (ms)",
        [1024, 1769].flatMap((memory) => [BEFORE, DEPLOYED, REHEARSED].map((bundle) => ({ memory, bundle }))),
        {
          "memory (MB)": ({ memory }) => memory,
          bundle: ({ bundle }) => bundle,
          "init and first": ({ memory, bundle }) => inWords(interval(of(memory, bundle), cold)),
          "CPU of init": ({ memory, bundle }) => inWords(cpu(of(memory, bundle), "init"), 1),
          "CPU of first": ({ memory, bundle }) => inWords(cpu(of(memory, bundle), "first"), 1),
        },
      ),
      tableOf(
        "Bundles (ms; SDK inside: its clients of S3 and SQS are loaded and made, and not used)",
        BUNDLE_MEMORIES_MB.flatMap((memory) =>
          BUNDLES.filter((bundle) => bundle !== REHEARSED).map((bundle) => ({ memory, bundle })),
        ),
        {
          "memory (MB)": ({ memory }) => memory,
          bundle: ({ bundle }) => bundle,
          ...columnsFor(
            PARTS,
            (part) => part,
            ({ memory, bundle }: { memory: number; bundle: BundleName }, part) =>
              inWords(wall(of(memory, bundle), part)),
          ),
          ...columnsFor(
            PARTS,
            (part) => `CPU, ${part}`,
            ({ memory, bundle }: { memory: number; bundle: BundleName }, part) =>
              inWords(cpu(of(memory, bundle), part), 1),
          ),
        },
      ),
      ...(aws ? [onAws(aws)] : []),
      tableOf("Published, on AWS", PUBLISHED, {
        what: ({ what }) => what,
        source: ({ source }) => source,
        date: ({ date }) => date,
        n: ({ n }) => n,
        figures: ({ figures }) => figures,
      }),
    ],
  };
}

/** A row for each cell, and for the burst of each memory. */
function onAws({ starts, burst, place, date }: Aws & { readonly date: string }): Table {
  const rows = [...Map.groupBy(starts, ({ cell }) => cell)].map(([cell, some]) => ({
    ...CELLS[cell]!,
    firsts: some.map(({ first }) => first),
    seconds: some.map(({ second }) => second),
  }));
  const bursts = [...Map.groupBy(burst, ({ memoryMb }) => memoryMb)].map(([memoryMb, firsts]) => ({
    ...{ memoryMb, bundle: "as deployed", kernel: "WebAssembly, in a burst", firsts, seconds: [] },
  }));
  const figure = (reports: readonly PlatformReport[], of: (report: PlatformReport) => number | undefined) => {
    const values = reports.map(of).filter((value) => value !== undefined);
    return values.length === 0 ? "-" : inWords(medianInterval(values));
  };
  return tableOf(`On a deployment in ${place}, ${date} (ms, by Lambda's reports)`, [...rows, ...bursts], {
    "memory (MB)": ({ memoryMb }) => memoryMb,
    bundle: ({ bundle }) => bundle,
    kernel: ({ kernel }) => kernel,
    n: ({ firsts }) => firsts.length,
    init: ({ firsts }) => figure(firsts, ({ initMs }) => initMs),
    restore: ({ firsts }) => figure(firsts, ({ restoreMs }) => restoreMs),
    first: ({ firsts }) => figure(firsts, ({ durationMs }) => durationMs),
    "first, billed": ({ firsts }) => figure(firsts, ({ billedMs }) => billedMs),
    second: ({ seconds }) => figure(seconds, ({ durationMs }) => durationMs),
  });
}
