/** Tables of what was measured. Pure. */
import { medianOf, spreadOf } from "../measuring/statistics.ts";
import { type Table, tableOf } from "../measuring/table.ts";
import type { Measured } from "./measure.ts";
import { PEERS, type Peer } from "./peers.ts";

export interface Results {
  /** The versions of the programs other than Node, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** By the peers' names; in the order they ran. */
  readonly small: Runs;
  readonly large: Runs;
  readonly noop: Runs;
  /** The machine's load over a minute when each kind began. */
  readonly load?: Readonly<Record<"small" | "large" | "noop", number>>;
  /** By the names of peers that could not be measured: why. */
  readonly missing?: Readonly<Record<string, string>>;
}

export type Runs = Readonly<Record<string, readonly Run[]>>;

export interface Run extends Measured {
  /** 0 is not timed. */
  readonly round: number;
}

export const JOBS = {
  small: { size: 1000, sum: 51_214_485, points: "500 x 500" },
  large: { size: 8000, sum: 3_277_377_171, points: "4,000 x 4,000" },
} as const;
export const NOOPS = 10_000;
export const REPEATS = { small: 3, large: 1, noop: 1 };

export function peerTables(results: Results): Table[] {
  return [jobTable(results, "small"), jobTable(results, "large"), noopTable(results.noop)];
}

/** Whole process (s), or undefined where the peer was not run. */
export function wholeSeconds(runs: Runs, { name }: Peer): number | undefined {
  const measured = runs[name];
  return measured && medianOf(timed(measured), ({ wholeMs }) => wholeMs) / 1000;
}

/** The runs but the first, which fills caches. */
export function timed(runs: readonly Run[]): readonly Run[] {
  return runs.filter(({ round }) => round > 0);
}

function jobTable(results: Results, job: keyof typeof JOBS): Table {
  const whole = PEERS.map((peer) => wholeSeconds(results[job], peer) ?? Number.POSITIVE_INFINITY);
  const fastest = Math.min(...whole);
  const cell = (ofRuns: (runs: readonly Run[], peer: Peer) => string) => (peer: Peer) => {
    const runs = results[job][peer.name];
    return runs ? ofRuns(runs, peer) : "";
  };
  const seconds = (field: "startUpMs" | "computeMs" | "wholeMs") => (runs: readonly Run[]) =>
    spreadOf(timed(runs), (run) => run[field] / 1000, 2);
  return tableOf(
    `${JOBS[job].points} points, 1,000 iterations`,
    PEERS.filter(({ name }) => results.small[name]),
    {
      "": (peer) => (results[job][peer.name] ? named(peer) : peer.title),
      "start-up, s": cell(seconds("startUpMs")),
      "compute, s": cell(seconds("computeMs")),
      "whole process, s": (peer) => cell(seconds("wholeMs"))(peer) || notRun(results, peer),
      "times the fastest": cell((_, peer) => (wholeSeconds(results[job], peer)! / fastest).toFixed(1)),
      "peak memory, MB": cell((runs) => Math.max(...runs.map(({ peakMb = 0 }) => peakMb)).toFixed(0)),
    },
  );
}

/** As many times the small job's compute time as there are iterations. */
function notRun({ small }: Results, { name }: Peer): string {
  const computeMs = medianOf(timed(small[name] ?? []), (run) => run.computeMs);
  const minutes = (computeMs * JOBS.large.sum) / JOBS.small.sum / 60_000;
  return `not run (about ${minutes.toFixed(0)} min)`;
}

function noopTable(noop: Runs): Table {
  const tasks = ({ noops = NOOPS }: Peer) => noops;
  return tableOf(
    "Empty tasks",
    PEERS.filter(({ name }) => noop[name]),
    {
      "": named,
      tasks: tasks,
      "µs a task": (peer) => spreadOf(noop[peer.name]!, ({ computeMs }) => (1000 * computeMs) / tasks(peer)),
    },
  );
}

function named({ title, ours }: Peer): string {
  return ours ? `**${title}**` : title;
}
