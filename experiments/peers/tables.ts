/** Tables of what was measured. Pure. */
import { median, spread, type Table } from "../report.ts";
import type { Measured } from "./measure.ts";
import { PEERS, type Peer } from "./peers.ts";

export interface Results {
  /** Of the programs other than Node, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** By the peers' names; in the order they ran. */
  readonly small: Runs;
  readonly large: Runs;
  readonly noop: Runs;
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
export const REPEATS = { small: 5, large: 3, noop: 3 };

export function peerTables(results: Results): Table[] {
  return [jobTable(results, "small"), jobTable(results, "large"), noopTable(results.noop)];
}

/** Whole process (s), or undefined where the peer was not run. */
export function wholeSeconds(runs: Runs, { name }: Peer): number | undefined {
  const measured = runs[name];
  return measured && median(timed(measured).map(({ wholeMs }) => wholeMs)) / 1000;
}

function timed(runs: readonly Run[]): readonly Run[] {
  return runs.filter(({ round }) => round > 0);
}

function jobTable(results: Results, job: keyof typeof JOBS): Table {
  const fastest = Math.min(
    ...PEERS.map((peer) => wholeSeconds(results[job], peer) ?? Number.POSITIVE_INFINITY),
  );
  return {
    title: `${JOBS[job].points} points, 1,000 iterations`,
    columns: ["", "start-up, s", "compute, s", "whole process, s", "times the fastest", "peak memory, MB"],
    rows: PEERS.filter((peer) => results.small[peer.name]).map((peer) => {
      const runs = results[job][peer.name];
      if (!runs) return [peer.title, "", "", notRun(results, peer), "", ""];
      const seconds = (field: "startUpMs" | "computeMs" | "wholeMs") =>
        spread(
          timed(runs).map((run) => run[field] / 1000),
          2,
        );
      return [
        named(peer),
        seconds("startUpMs"),
        seconds("computeMs"),
        seconds("wholeMs"),
        ((wholeSeconds(results[job], peer) ?? Number.NaN) / fastest).toFixed(1),
        Math.max(...runs.map(({ peakMb }) => peakMb ?? 0)).toFixed(0),
      ];
    }),
  };
}

/** As many times the small job's compute time as there are iterations. */
function notRun({ small }: Results, { name }: Peer): string {
  const computeMs = median(timed(small[name] ?? []).map((run) => run.computeMs));
  const minutes = (computeMs * JOBS.large.sum) / JOBS.small.sum / 60_000;
  return `not run (about ${minutes.toFixed(0)} min)`;
}

function noopTable(noop: Runs): Table {
  const rows = PEERS.flatMap((peer) => {
    const runs = noop[peer.name];
    const tasks = peer.noops ?? NOOPS;
    return runs
      ? [[named(peer), tasks, spread(runs.map(({ computeMs }) => (1000 * computeMs) / tasks))]]
      : [];
  });
  return { title: "Empty tasks", columns: ["", "tasks", "µs a task"], rows };
}

function named({ title, ours }: Peer): string {
  return ours ? `**${title}**` : title;
}
