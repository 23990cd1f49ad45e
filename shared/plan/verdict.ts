/** Where a job should run, in a sentence. Pure. */
import { counted } from "../validation/counted.ts";
import { roughly } from "../validation/roughly.ts";
import { usd as money } from "../validation/usd.ts";
import type { Prediction } from "./predict-here.ts";

/** A deployment must save this share of the time, and this many seconds, to be worth what it costs. */
const WORTH_SHARE = 0.25;
const WORTH_SECONDS = 2;

/** What was found best, as figures. */
export type Verdict =
  | {
      readonly kind: "stay";
      readonly engine: string;
      readonly seconds: number;
      readonly thereSeconds: number;
      readonly usd: number;
    }
  | {
      readonly kind: "go";
      readonly workers: number;
      readonly seconds: number;
      readonly usd: number;
      readonly hereSeconds: number;
      /** Whether more workers would shorten it. */
      readonly isMoreBetter: boolean;
    };

/** `there` is what a deployment makes of it that may have `mostWorkers` at a time: its splitter stops at their knee. */
export function verdictOf(
  here: Readonly<Record<string, Prediction>>,
  there: Prediction,
  mostWorkers: number,
): Verdict {
  const [engine, best] = Object.entries(here).reduce((a, b) =>
    b[1].seconds.expected < a[1].seconds.expected ? b : a,
  );
  const [hereSeconds, seconds] = [best.seconds.expected, there.seconds.expected];
  const saved = hereSeconds - seconds;
  const usd = there.usd.expected;
  if (saved < WORTH_SECONDS || saved < WORTH_SHARE * hereSeconds)
    return { kind: "stay", engine, seconds: hereSeconds, thereSeconds: seconds, usd };
  const { workers, messages } = there;
  const isMoreBetter = workers >= mostWorkers && workers < messages;
  return { kind: "go", workers, seconds, usd, hereSeconds, isMoreBetter };
}

/**
 * @example
 * verdictText({ kind: "go", workers: 25, seconds: 32, usd: 0.033, hereSeconds: 640, isMoreBetter: false });
 * // "25 workers: 32 s for 0.033 USD; more would not help. Here it would take 11 min."
 */
export function verdictText(verdict: Verdict): string {
  if (verdict.kind === "stay") {
    const { engine, seconds, thereSeconds, usd } = verdict;
    return `Stay local: engine ${engine} takes ${time(seconds)} for nothing; a deployment ${time(thereSeconds)} for ${money(usd)}.`;
  }
  const { workers, seconds, usd, hereSeconds, isMoreBetter } = verdict;
  const more = isMoreBetter ? "more would be sooner" : "more would not help";
  return `${counted(workers, "worker")}: ${time(seconds)} for ${money(usd)}; ${more}. Here it would take ${time(hereSeconds)}.`;
}

const time = (seconds: number) => (seconds < 10 ? `${seconds.toPrecision(2)} s` : roughly(1000 * seconds));
