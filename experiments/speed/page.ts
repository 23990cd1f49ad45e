import { STAGES } from "../../shared/build/bundling.ts";
import type { Results as Kernels } from "../kernels/run.ts";
import { type Recorded, readRecorded } from "../measuring/experiment.ts";
import type { Page } from "../measuring/page.ts";
import { median, medianOf, spread } from "../measuring/statistics.ts";
import { tableOf } from "../measuring/table.ts";
import type { LargeJob } from "../memory/large-job.ts";
import { type Results as Peers, timed } from "../peers/tables.ts";
import type { Results as Pipeline } from "../pipeline/run.ts";
import type { Run as StartUp } from "../start-up/run.ts";

export interface All {
  readonly kernels: Recorded<Kernels>;
  readonly "start-up": Recorded<readonly StartUp[]>;
  readonly pipeline: Recorded<Pipeline>;
  readonly memory: Recorded<readonly LargeJob[]>;
  readonly peers: Recorded<Peers>;
}

export const SOURCES = ["kernels", "start-up", "pipeline", "memory", "peers"] as const;

export function readAll(): All {
  return Object.fromEntries(SOURCES.map((name) => [name, readRecorded(name)])) as unknown as All;
}

/** What the plan's machine took for the small job, in s, when the targets were set. */
const PEERS_THEN = { node: 0.17, numba: 0.65, cubed: 1.35, dask: 2.4, ray: 5.6 } as const;

/** Settings of experiments/start-up. */
const SMALL = "500 x 500, without pictures";
const LARGE = "4,000 x 4,000, without pictures";

interface Row {
  readonly what: string;
  /** In the unit of `values`; where there is none, the figure is only shown. */
  readonly target: number | undefined;
  readonly values: readonly number[];
  readonly digits: number;
  readonly where: keyof All;
}

export function page(all: All): Page {
  const rows = rowsOf(all);
  const peers = peersNow(all.peers.results);
  const slower = medianOf(peers, ({ then, now }) => now / then);
  return {
    answer: answer(rows),
    about: `Each figure is a median, with the smallest and the largest in brackets; the page it comes from says how it was measured, and the machine was shared. A target is the one of the project's plan; it is met where the median keeps it, "at best" where only the least of the runs does. It was set on another machine of this kind: the second table has what the same peers took there and here, ${slower.toFixed(2)} times as long in the median.

Every other claim has a page of its own: [peers](peers.md) what other tools take for the same array; [ramps](ramps.md) how soon a fleet is full, measured here and simulated up to 10,000 workers; [balance](balance.md) how evenly work comes out, and [chunk-shapes](chunk-shapes.md) what other chunks would make of it; [threads](threads.md) what a second vCPU gains a worker; [load](load.md) jobs of 100,000 chunks; [memory](memory.md) the peak of each stage; [kernels](kernels.md), [pipeline](pipeline.md) and [start-up](start-up.md) what the table below is taken from.`,
    tables: [
      tableOf("Targets and what was measured", rows, {
        what: ({ what }) => what,
        target: ({ target }) => target?.toLocaleString("en") ?? "",
        met: (row) => MET[met(row)],
        least: ({ values, digits }) => Math.min(...values).toFixed(digits),
        "median (spread)": ({ values, digits }) => spread(values, digits),
        page: ({ where }) => `[${where}](${where}.md), commit ${all[where].from.commit}`,
      }),
      tableOf("Peers, the small job from start to exit: in the plan, and here (s)", peers, {
        peer: ({ name }) => name,
        plan: ({ then }) => then,
        here: ({ now }) => now.toFixed(2),
        ratio: ({ then, now }) => (now / then).toFixed(2),
      }),
    ],
  };
}

const MET = { "": "", yes: "yes", atBest: "at best", no: "**no**" } as const;

function met({ target, values }: Row): keyof typeof MET {
  if (target === undefined) return "";
  if (median(values) <= target) return "yes";
  return Math.min(...values) <= target ? "atBest" : "no";
}

function answer(rows: readonly Row[]): string {
  const count = (how: keyof typeof MET) => rows.filter((row) => met(row) === how).length;
  const targets = rows.length - count("");
  return `Of ${targets} targets ${count("yes")} are met by the median, ${count("atBest")} only by the best run, and ${count("no")} by none.`;
}

function rowsOf({ kernels, "start-up": startUp, pipeline, memory }: All): Row[] {
  const { measured, onThreads } = kernels.results;
  const caseOf = (region: string) => measured.findIndex((one) => one.region.startsWith(region));
  const [usual, outside] = [caseOf("default, 500"), caseOf("without interior")];
  const defaultJob = onThreads[usual]!;
  /** For as many iterations as the default job has, of points that all take part in them. */
  const noneSkipped = onThreads[outside]!.wallMs.map(
    (ms) => (ms * measured[usual]!.iterations) / measured[outside]!.iterations,
  );
  const startUps = (engine: string, setting: string) =>
    startUp.results.filter((run) => run.engine === engine && run.setting === setting);
  const whole = (engine: string, setting: string) => startUps(engine, setting).map(({ wholeMs }) => wholeMs);
  const compute = startUps("threads", SMALL).map(({ phasesMs }) => phasesMs.compute);
  const cold = (stage: string) =>
    pipeline.results.cold.filter((start) => start.stage === stage && !start.compiled).map(({ ms }) => ms);
  const noop = (on: string) =>
    pipeline.results.noop
      .filter(({ packing, store }) => packing === "auto" && store === on)
      .map(({ run }) => run.wallMs / run.chunks);
  const largest = memory.results
    .filter(({ side }) => side === 16_000)
    .map(({ peakMb }) => Math.max(...Object.values(peakMb)));
  return [
    row("kernels", "default job, kernel on two warm threads, wall (ms)", 2.1, defaultJob.wallMs, 1),
    row("kernels", "the same, processor's time of each thread (ms)", 2.1, defaultJob.processorMs, 1),
    row("kernels", "as many iterations without interior, two warm threads, wall (ms)", 11, noneSkipped, 1),
    row("start-up", "default job, engine `threads`, its compute phase from cold (ms)", 2.1, compute, 1),
    row("start-up", "default job, engine `local`, node to exit (ms)", 500, whole("local", SMALL), 0),
    row("start-up", "4,000 x 4,000, engine `local`, node to exit (ms)", 1000, whole("local", LARGE), 0),
    row("start-up", "default job, engine `threads`, node to exit (ms)", 170, whole("threads", SMALL), 0),
    row("pipeline", "makespan of the default job, slots up (ms)", 60, pipeline.results.warm, 0),
    row("pipeline", "10,000 no-op chunks, each stored in memory: per chunk (ms)", 0.5, noop("memory"), 2),
    row("pipeline", "the same, stored on this machine's disk (ms)", 0.5, noop("disk"), 2),
    ...STAGES.map((stage) =>
      row("pipeline", `cold start of the ${stage}'s slot (ms)`, undefined, cold(stage), 0),
    ),
    row("memory", "16,000 x 16,000: the largest process (MB)", 512, largest, 0),
  ];
}

function row(
  where: Row["where"],
  what: string,
  target: number | undefined,
  values: readonly number[],
  digits: number,
): Row {
  if (values.length === 0) throw new Error(`Expected results of experiments/${where} for: ${what}`);
  return { where, what, target, values, digits };
}

/** Seconds of the small job from start to exit. */
function peersNow({ small }: Peers) {
  return Object.entries(PEERS_THEN).map(([name, then]) => ({
    ...{ name, then },
    now: medianOf(timed(small[name] ?? []), ({ wholeMs }) => wholeMs) / 1000,
  }));
}
