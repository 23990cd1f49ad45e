import { type Options, SingleBar } from "cli-progress";
import type { ReportMessage } from "../shared/chunk-report.ts";
import type { ProgressListener } from "./engines/engine.ts";

const DRAWS_PER_SECOND = 10;
/** What the line needs beside its bar. */
const TEXT_COLUMNS = 72;

/** Counts what a job did so far. A chunk reported twice is one chunk; memory is a byte per chunk. */
export class Progress implements ProgressListener {
  readonly chunks: number;
  readonly elements: number;
  done = 0;
  active = 0;
  readonly #failed = new Set<number>();
  readonly #seen: Uint8Array;

  constructor(chunks: number, elements: number) {
    this.chunks = chunks;
    this.elements = elements;
    this.#seen = new Uint8Array(chunks);
  }

  running(change: number): void {
    this.active += change;
  }

  reported({ chunks, failures }: ReportMessage): void {
    for (const { chunk } of chunks) {
      if (this.#seen[chunk]) continue;
      this.#seen[chunk] = 1;
      this.done++;
    }
    this.buried(failures.filter(({ final }) => final).map(({ chunk }) => chunk));
  }

  buried(chunks: readonly number[]): void {
    for (const chunk of chunks) if (!this.#seen[chunk]) this.#failed.add(chunk);
  }

  get failed(): number {
    return this.#failed.size;
  }
}

/**
 * One line on stderr, drawn a few times a second from the counts alone, so that its cost does not depend on the
 * number of chunks. Silent where stderr is not a terminal. Returns what clears it.
 */
export function drawProgress(progress: Progress): () => void {
  if (!process.stderr.isTTY) return () => {};
  const started = performance.now();
  const options: Options = {
    stream: process.stderr,
    format: "{bar} {percentage} % | {value}/{total} chunks, {active} running{failures} | {rate} | {left}",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: Math.min(Math.max((process.stderr.columns ?? 0) - TEXT_COLUMNS, 5), 28),
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
    autopadding: false,
    noTTYOutput: false,
  };
  const bar = new SingleBar(options);
  const payload = () => {
    const seconds = (performance.now() - started) / 1000;
    const share = progress.done / progress.chunks;
    return {
      active: progress.active,
      failures: progress.failed > 0 ? `, ${progress.failed} failed` : "",
      rate: `${compact((share * progress.elements) / seconds)} points/s`,
      left: share > 0 ? `~${duration((seconds / share) * (1 - share))} left` : "starting",
    };
  };
  bar.start(progress.chunks, 0, payload());
  const timer = setInterval(() => bar.update(progress.done, payload()), 1000 / DRAWS_PER_SECOND);
  return () => {
    clearInterval(timer);
    bar.stop();
  };
}

function compact(value: number): string {
  return new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 }).format(value);
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
