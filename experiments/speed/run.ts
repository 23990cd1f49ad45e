/** The targets of docs/experiments/speed.md, held against what the other experiments recorded. Measures nothing itself. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PhasesMs } from "../../cli/engines/engine.ts";
import { STAGES } from "../../shared/build/bundling.ts";
import type { ColdStart } from "../pipeline/cold-start.ts";
import type { NoopRun } from "../pipeline/noop-run.ts";
import { median, type Origin, origin, publishSection, spread } from "../report.ts";

interface OnThreads {
  readonly wallMs: readonly number[];
  readonly processorMs: readonly number[];
}

interface Recorded {
  readonly kernels: {
    readonly measured: readonly { readonly region: string; readonly iterations: number }[];
    /** Of the same cases in the same order. */
    readonly onThreads: readonly OnThreads[];
  };
  readonly "start-up": readonly {
    readonly setting: string;
    readonly engine: string;
    readonly wholeMs: number;
    readonly phasesMs: PhasesMs;
  }[];
  readonly pipeline: {
    readonly noop: readonly {
      readonly packing: number | "auto";
      readonly store: string;
      readonly run: NoopRun;
    }[];
    readonly warm: readonly number[];
    readonly cold: readonly ColdStart[];
  };
  readonly peers: {
    readonly small: Readonly<Record<string, readonly { readonly round: number; readonly wholeMs: number }[]>>;
  };
  readonly memory: readonly { readonly side: number; readonly peakMb: Readonly<Record<string, number>> }[];
}

/** What the plan's machine took for the small job, in s, when the targets were set. */
const PEERS_THEN = { node: 0.17, numba: 0.65, cubed: 1.35, dask: 2.4, ray: 5.6 } as const;

function recorded<Name extends keyof Recorded>(name: Name): { from: Origin; results: Recorded[Name] } {
  return JSON.parse(readFileSync(join(import.meta.dirname, "..", name, "results.json"), "utf8"));
}

const kernels = recorded("kernels");
const startUp = recorded("start-up");
const pipeline = recorded("pipeline");
const memory = recorded("memory");
const peers = recorded("peers");

const { measured, onThreads } = kernels.results;
const caseOf = (region: string) => measured.findIndex((one) => one.region.startsWith(region));
const [usual, outside] = [caseOf("default, 500"), caseOf("without interior")];
const defaultJob = onThreads[usual];
/** For as many iterations as the default job has, of points that all take part in them. */
const noneSkipped = onThreads[outside]?.wallMs.map(
  (ms) => (ms * measured[usual]!.iterations) / measured[outside]!.iterations,
);
const startUps = (engine: string, setting: string) =>
  startUp.results.filter((run) => run.engine === engine && run.setting === `${setting}, without pictures`);
const whole = (engine: string, setting: string) => startUps(engine, setting).map(({ wholeMs }) => wholeMs);
const compute = (engine: string) => startUps(engine, "500 x 500").map(({ phasesMs }) => phasesMs.compute);
const cold = (stage: string) =>
  pipeline.results.cold.filter((start) => start.stage === stage && !start.compiled).map(({ ms }) => ms);
const noop = (on: string) =>
  pipeline.results.noop
    .filter(({ packing, store }) => packing === "auto" && store === on)
    .map(({ run }) => run.wallMs / run.chunks);
const largest = memory.results.filter(({ side }) => side === 16_000).map(({ peakMb }) => peakMb);

const rows = [
  row("default job, kernel on two warm threads, wall (ms)", 2.1, defaultJob?.wallMs, 1, "kernels"),
  row("the same, processor's time of each thread (ms)", 2.1, defaultJob?.processorMs, 1, "kernels"),
  row("as many iterations without interior, two warm threads, wall (ms)", 11, noneSkipped, 1, "kernels"),
  row(
    "default job, engine `threads`, its compute phase from cold (ms)",
    2.1,
    compute("threads"),
    1,
    "start-up",
  ),
  row("default job, engine `local`, node to exit (ms)", 500, whole("local", "500 x 500"), 0, "start-up"),
  row(
    "4,000 x 4,000, engine `local`, node to exit (ms)",
    1000,
    whole("local", "4,000 x 4,000"),
    0,
    "start-up",
  ),
  row("default job, engine `threads`, node to exit (ms)", 170, whole("threads", "500 x 500"), 0, "start-up"),
  row("makespan of the default job, slots up (ms)", 60, pipeline.results.warm, 0, "pipeline"),
  row("10,000 no-op chunks, each stored in memory: per chunk (ms)", 0.5, noop("memory"), 2, "pipeline"),
  row("the same, stored on this machine's disk (ms)", 0.5, noop("disk"), 2, "pipeline"),
  ...STAGES.map((stage) =>
    row(`cold start of the ${stage}'s slot (ms)`, undefined, cold(stage), 0, "pipeline"),
  ),
  row(
    "16,000 x 16,000: the largest process (MB)",
    512,
    largest.map((peaks) => Math.max(...Object.values(peaks))),
    0,
    "memory",
  ),
];

const peersNow = Object.entries(PEERS_THEN).map(([name, then]) => {
  const timed = peers.results.small[name]?.filter(({ round }) => round > 0) ?? [];
  return { name, then, now: median(timed.map(({ wholeMs }) => wholeMs)) / 1000 };
});
const slower = median(peersNow.map(({ then, now }) => now / then));

publishSection(
  "speed",
  "Against the targets",
  `Each figure is a median, with the smallest and the largest in brackets; the page it comes from says how it was measured, and the machine was shared. A target is the one of the project's plan; it is met where the median keeps it, "at best" where only the least of the runs does. It was set on another machine of this kind: the second table has what the same peers took there and here, ${slower.toFixed(2)} times as long in the median.

Every other claim has a page of its own: [ramps](ramps.md) how soon a fleet is full, measured here and simulated up to 10,000 workers; [balance](balance.md) how evenly work comes out, and [chunk-shapes](chunk-shapes.md) what other chunks would make of it; [threads](threads.md) what a second vCPU gains a worker; [load](load.md) jobs of 100,000 chunks; [memory](memory.md) the peak of each stage; [kernels](kernels.md), [pipeline](pipeline.md) and [start-up](start-up.md) what the table below is taken from.`,
  origin("node experiments/speed/run.ts"),
  [
    {
      title: "Targets and what was measured",
      columns: ["what", "target", "met", "least", "median (spread)", "page"],
      rows,
    },
    {
      title: "Peers, the small job from start to exit: in the plan, and here (s)",
      columns: ["peer", "plan", "here", "ratio"],
      rows: peersNow.map(({ name, then, now }) => [name, then, now.toFixed(2), (now / then).toFixed(2)]),
    },
  ],
);

function row(
  what: string,
  target: number | undefined,
  values: readonly number[] | undefined,
  digits: number,
  where: keyof Recorded,
): string[] {
  if (!values?.length) throw new Error(`Expected results of experiments/${where} for: ${what}`);
  return [
    what,
    target?.toLocaleString("en") ?? "",
    target === undefined ? "" : isMet(target, values),
    Math.min(...values).toFixed(digits),
    spread(values, digits),
    `[${where}](${where}.md), commit ${recorded(where).from.commit}`,
  ];
}

function isMet(target: number, values: readonly number[]): string {
  if (median(values) <= target) return "yes";
  return Math.min(...values) <= target ? "at best" : "**no**";
}
