/** One job's runs on several widths, put together. Pure. */
import {
  type AmdahlFit,
  amdahlSpeedUp,
  fitAmdahl,
  gustafsonSpeedUp,
  karpFlatt,
  type Timed,
} from "./amdahl.ts";

/** One run, in seconds. */
export interface MeasuredRun extends Timed {
  /** Each phase of the run; workers shorten `compute` alone. */
  readonly phases: Readonly<Record<string, number>>;
  readonly chunks: number;
  /** CPU time in the chunks. */
  readonly compute: number;
  /** In which workers computed or stored, summed over them. */
  readonly busy: number;
  /** CPU time of the slowest chunk. */
  readonly slowest: number;
}

/** The runs of one width. */
export interface Width {
  readonly workers: number;
  /** The run in the middle: half took as long or less. */
  readonly run: MeasuredRun;
  readonly fastest: number;
  readonly longest: number;
  /** Against the fewest workers that were run, as often as they are. */
  readonly speedUp: number;
  readonly efficiency: number;
  readonly karpFlatt: number | undefined;
  /** What the fit says; absent without one. */
  readonly amdahl?: number;
  readonly gustafson?: number;
}

export interface Scaling {
  readonly cores: number;
  /** The narrowest first. */
  readonly widths: readonly Width[];
  readonly fit: AmdahlFit | undefined;
}

/** Throws RangeError where there is no run. */
export function scalingOf(runs: readonly MeasuredRun[], cores: number): Scaling {
  const counts = [...new Set(runs.map(({ workers }) => workers))].sort((a, b) => a - b);
  const middles = counts.map((workers) => middleOf(runs.filter((run) => run.workers === workers)));
  const [base] = middles;
  if (!base) throw new RangeError("Expected at least one run, got none");
  const fit = fitAmdahl(runs, cores);
  const widths = middles.map(({ run, fastest, longest }): Width => {
    const { workers, seconds } = run;
    const speedUp = (base.run.seconds / seconds) * base.run.workers;
    return {
      ...{ workers, run, fastest, longest, speedUp, efficiency: speedUp / workers },
      karpFlatt: karpFlatt(speedUp, workers),
      ...(fit && {
        amdahl: amdahlSpeedUp(fit.serial, workers),
        gustafson: gustafsonSpeedUp(fit.serial, workers),
      }),
    };
  });
  return { cores, widths, fit };
}

function middleOf(runs: readonly MeasuredRun[]) {
  const sorted = runs.toSorted((a, b) => a.seconds - b.seconds);
  return {
    run: sorted[(sorted.length - 1) >> 1]!,
    fastest: sorted[0]!.seconds,
    longest: sorted.at(-1)!.seconds,
  };
}
