/** What the times of one job on several widths say of the part that no worker shortens. Pure. */

/** One run: how many workers it had, and how long it took. */
export interface Timed {
  readonly workers: number;
  readonly seconds: number;
}

export interface AmdahlFit {
  /** The share of one worker's time that no further worker shortens, from 0 to 1. */
  readonly serial: number;
  /** Its 95 % interval by the scatter of the runs, within 0 to 1; absent where the runs are too few to tell. */
  readonly interval?: readonly [low: number, high: number];
  /** What the law says one worker takes. */
  readonly secondsAlone: number;
  /** The widths that it was fitted to. */
  readonly widths: readonly number[];
}

/**
 * Amdahl's law, T(n) = T(1) · (s + (1 - s) / n), fitted to the runs on no more workers than there are cores: beyond them more workers add
 * no processor, which the law knows nothing of. Least squares of relative errors, as long runs scatter more; the interval by the delta
 * method and Student's t. Undefined where fewer than two such widths were run.
 * @example
 * fitAmdahl([{ workers: 1, seconds: 10 }, { workers: 2, seconds: 6 }], 4)?.serial; // 0.2
 */
export function fitAmdahl(runs: readonly Timed[], cores: number): AmdahlFit | undefined {
  const fitting = runs.filter(({ workers }) => workers <= cores);
  const widths = [...new Set(fitting.map(({ workers }) => workers))].sort((a, b) => a - b);
  if (widths.length < 2) return undefined;
  const mean = (width: number) => meanOf(fitting.filter(({ workers }) => workers === width));
  const weightOf = new Map(widths.map((width) => [width, 1 / mean(width) ** 2]));
  // T = a + b x with x = 1 / n: a stays, b is shared.
  const sums = { w: 0, x: 0, xx: 0, y: 0, xy: 0 };
  for (const { workers, seconds } of fitting) {
    const [w, x] = [weightOf.get(workers)!, 1 / workers];
    sums.w += w;
    sums.x += w * x;
    sums.xx += w * x * x;
    sums.y += w * seconds;
    sums.xy += w * x * seconds;
  }
  const determinant = sums.w * sums.xx - sums.x ** 2;
  const a = (sums.xx * sums.y - sums.x * sums.xy) / determinant;
  const b = (sums.w * sums.xy - sums.x * sums.y) / determinant;
  const alone = a + b;
  const serial = clamped(a / alone);
  const freedom = fitting.length - 2;
  const found = { serial, secondsAlone: alone, widths };
  if (freedom < 1) return found;
  const scatter =
    fitting.reduce(
      (sum, { workers, seconds }) => sum + weightOf.get(workers)! * (seconds - a - b / workers) ** 2,
      0,
    ) / freedom;
  const [aa, bb, ab] = [sums.xx, sums.w, -sums.x].map((term) => (scatter * term) / determinant) as [
    number,
    number,
    number,
  ];
  const variance = (b ** 2 * aa + a ** 2 * bb - 2 * a * b * ab) / alone ** 4;
  const half = studentT(freedom) * Math.sqrt(Math.max(variance, 0));
  return { ...found, interval: [clamped(a / alone - half), clamped(a / alone + half)] };
}

const clamped = (share: number) => Math.min(Math.max(share, 0), 1);
const meanOf = (runs: readonly Timed[]) => runs.reduce((sum, { seconds }) => sum + seconds, 0) / runs.length;

/** By Amdahl, of the same job: T(1) / T(n). */
export const amdahlSpeedUp = (serial: number, workers: number): number =>
  1 / (serial + (1 - serial) / workers);

/**
 * By Gustafson (1988), of a job that grows with the workers until it takes them as long as the given one takes one worker: what is serial
 * stays as it is, what is shared grows n times. That job alone over that job on n workers: n - s (n - 1).
 */
export const gustafsonSpeedUp = (serial: number, workers: number): number => workers - serial * (workers - 1);

/**
 * The serial fraction that a speed-up shows (Karp and Flatt, 1990): where it grows with the workers, overhead does. Undefined for one
 * worker; below 0 where the speed-up is more than linear.
 */
export function karpFlatt(speedUp: number, workers: number): number | undefined {
  return workers < 2 ? undefined : (1 / speedUp - 1 / workers) / (1 - 1 / workers);
}

const STUDENT = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228] as const;

/** The 97.5 % point of Student's t; beyond ten degrees of freedom by two terms of its expansion, which is right to 0.003. */
export function studentT(freedom: number): number {
  return STUDENT[freedom - 1] ?? 1.96 + 2.372 / freedom + 2.823 / freedom ** 2;
}
