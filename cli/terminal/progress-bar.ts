import { type Options, SingleBar } from "cli-progress";
import type { Progress } from "../../api/progress.ts";
import { inWords } from "../../shared/record/attendance.ts";
import { roughly } from "../../shared/validation/roughly.ts";
import { isDrawable } from "./drawable.ts";

const DRAWS_PER_SECOND = 10;
/** The columns of the line beside its bar. */
const TEXT_COLUMNS = 72;
const LOST = "connection lost, asking again";

/** What a job consists of, in plural: its parts, and their units. */
interface Words {
  readonly parts: string;
  readonly units: string;
}
const OF_ARRAY: Words = { parts: "chunks", units: "points" };
export const OF_ITEMS: Words = { parts: "shards", units: "items" };

/**
 * Draws one line on stderr a few times a second from the counts alone, so that its cost does not depend on the number
 * of chunks. Silent without a terminal. The returned function clears the line.
 */
export function drawProgress(progress: Progress, { parts, units }: Words = OF_ARRAY): () => void {
  if (!isDrawable()) return () => {};
  const bar = makeBar(
    `{bar} {percentage} % | {value}/{total} ${parts}, {active}{failures} | {rate} | {left}`,
  );
  let started = performance.now() - progress.beganMsAgo;
  let { doneBefore } = progress;
  const payload = () => {
    const { fetched, isUnattended } = progress;
    // Days without a worker say nothing of how long the rest will take.
    if (isUnattended) [started, doneBefore] = [performance.now() - 1, progress.done];
    const elapsedMs = performance.now() - started;
    const done = progress.done - doneBefore;
    const leftMs = (elapsedMs / done) * (progress.chunks - progress.done);
    const left = done > 0 ? `~${roughly(leftMs)} left` : isUnattended ? "waiting" : "starting";
    return {
      active: isUnattended ? inWords(progress) : `${progress.active} running`,
      failures: progress.failed > 0 ? `, ${progress.failed} failed` : "",
      rate: `${compact((1000 * (done / progress.chunks) * progress.elements) / elapsedMs)} ${units}/s`,
      left: progress.isLost ? LOST : fetched ? `fetching ${fetched.objects}/${fetched.of}` : left,
    };
  };
  bar.start(progress.chunks, 0, payload());
  const timer = setInterval(() => bar.update(progress.done, payload()), 1000 / DRAWS_PER_SECOND);
  return () => {
    clearInterval(timer);
    bar.stop();
  };
}

/** The same line for a plain count. Silent without a terminal. */
export function drawCount(things: string): { show(value: number, total: number): void; clear(): void } {
  if (!isDrawable()) return { show: () => {}, clear: () => {} };
  const bar = makeBar(`{bar} {percentage} % | {value}/{total} ${things}`);
  let total = -1;
  return {
    show(value, of) {
      if (of !== total) bar.start(of, value);
      total = of;
      bar.update(value);
    },
    clear: () => bar.stop(),
  };
}

function makeBar(format: string): SingleBar {
  const options: Options = {
    stream: process.stderr,
    format,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: Math.min(Math.max((process.stderr.columns ?? 0) - TEXT_COLUMNS, 5), 28),
    fps: DRAWS_PER_SECOND,
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
    autopadding: false,
    noTTYOutput: false,
  };
  return new SingleBar(options);
}

function compact(value: number): string {
  return new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 }).format(value);
}
