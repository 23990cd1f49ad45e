import { layoutOf } from "../../shared/array/layout.ts";
import { valuesOf } from "../../shared/array/zarr-array.ts";
import type { Dtype } from "../../shared/kernels/dtype.ts";
import type { ChunkReport, ReportMessage } from "../../shared/messages/chunk-report.ts";
import { type Counted, inWords } from "../../shared/record/attendance.ts";
import { viewOfJob } from "../../shared/record/job-view.ts";
import { boundedBars } from "../page/page-bars.ts";
import { type Picked, pageTile, pickedCells } from "../page/page-cells.ts";
import {
  costBin,
  MOST_FAILURES,
  type PageBar,
  type PageChange,
  type PageCost,
  type PageFailure,
  type PageTile,
} from "../page/page-data.ts";
import type { WatchedJob } from "../page/started-page.ts";
import { secondsLeft } from "./seconds-left.ts";

/** What one change has at the most: the rest comes with the next ones. */
const MOST_TILES = 2000;
const MOST_CELLS = 32_768;
const MOST_BARS = 1000;
/** What is known of a chunk: it is stored, its cells, its times. */
const [STORED, DRAWN, TIMED] = [1, 2, 4];

/**
 * What comes in while a job runs, gathered until it is taken as one change of its page. A change is bounded whatever came: tiles wait, and
 * bars that no picture tells apart become one. A chunk that is reported again counts once; its cells may come at first, and its times later.
 */
export class JobSoFar {
  readonly #job: WatchedJob;
  readonly #total: number;
  readonly #picked: Picked;
  readonly #known: Uint8Array;
  #beganMs: number;
  readonly #lanes = new Map<string, number>();
  #reported = 0;
  readonly #failed = new Set<number>();
  #attempts = 0;
  #coldStarts = 0;
  #listed = 0;
  #counted: Counted | undefined;
  #doneBefore = 0;
  #cost: PageCost | undefined;
  #tiles: PageTile[] = [];
  #newLanes: string[] = [];
  #bars: PageBar[] = [];
  #costs: Record<number, number> = {};
  #failures: PageFailure[] = [];
  #isChanged = false;
  #state = "running";
  #toldState = this.#state;

  /** `nowMs`: of a clock that does not jump. */
  constructor(job: WatchedJob, nowMs: number) {
    this.#job = job;
    this.#total = layoutOf(job.spec).total;
    this.#picked = pickedCells(viewOfJob(job), job.spec.values);
    this.#known = new Uint8Array(this.#total);
    this.#beganMs = nowMs;
  }

  reported({ worker, chunks, failures }: ReportMessage): void {
    this.#isChanged = true;
    if (worker.coldStart) this.#coldStarts++;
    for (const report of chunks) this.#addChunk(report, worker.logStream);
    for (const { chunk, attempt, final, error, logStream, failedAtMs } of failures) {
      if (final) this.#failed.add(chunk);
      else this.#attempts++;
      if (this.#listed >= MOST_FAILURES) continue;
      this.#listed++;
      const atMs = Math.max(0, failedAtMs - this.#job.submittedAtMs);
      this.#failures.push({ chunk, attempt, isFinal: final, error, log: logStream, atMs });
    }
  }

  /** Chunks whose message used up its attempts. */
  buried(chunks: readonly number[]): void {
    this.#isChanged = true;
    for (const chunk of chunks) if (!this.#known[chunk]) this.#failed.add(chunk);
  }

  /** What the keys of the store tell, where not every report is read. */
  counted(state: Counted): void {
    if (this.#counted === undefined) this.#doneBefore = state.done + state.failed;
    this.#counted = state;
    this.#isChanged = true;
  }

  /** Before its end. */
  becomes(state: string): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#isChanged = true;
  }

  billed(cost: PageCost): void {
    this.#cost = cost;
    this.#isChanged = true;
  }

  /** What came since the last one; undefined where nothing did. */
  take(nowMs: number): PageChange | undefined {
    if (!this.#isChanged && this.#tiles.length === 0) return undefined;
    const tiles = this.#takeTiles();
    const isAlone = this.#counted?.isUnattended === true;
    // Days without a worker say nothing of how long the rest will take.
    if (isAlone) [this.#beganMs, this.#doneBefore] = [nowMs, this.#counts().done + this.#counts().failed];
    const state = isAlone ? `${this.#state}, ${inWords(this.#counts())}` : this.#state;
    const change: PageChange = {
      ...(state !== this.#toldState && { state }),
      ...(tiles.length > 0 && { tiles }),
      ...{ lanes: this.#newLanes, bars: this.#takeBars(), costs: this.#costs, failures: this.#failures },
      counts: this.#counts(),
      ...(this.#cost && { cost: this.#cost }),
      secondsLeft: this.#secondsLeft(nowMs) ?? null,
    };
    [this.#newLanes, this.#bars, this.#costs, this.#failures] = [[], [], {}, []];
    this.#isChanged = false;
    this.#toldState = state;
    return change;
  }

  #addChunk(report: ChunkReport, worker: string): void {
    const { chunk, times } = report;
    if (chunk >= this.#total) return;
    if (this.#isNew(chunk, STORED)) {
      this.#reported++;
      this.#failed.delete(chunk);
    }
    const { values } = this.#job.spec;
    const tiles = values.map((_, k) => (k === 0 ? report : report.others?.[k - 1])?.tile);
    if (tiles.some(Boolean) && this.#isNew(chunk, DRAWN))
      for (const [value, { dtype }] of values.entries()) this.#addTile(chunk, value, dtype, tiles[value]);
    if (!times || !this.#isNew(chunk, TIMED)) return;
    const startMs = Math.max(0, times.startedAtMs - this.#job.submittedAtMs);
    const { durationMs, cpuMs } = times;
    this.#bars.push({ lane: this.#laneOf(worker), chunk, chunks: 1, startMs, durationMs, cpuMs });
    const bin = costBin(cpuMs);
    this.#costs[bin] = (this.#costs[bin] ?? 0) + 1;
  }

  #isNew(chunk: number, what: number): boolean {
    const known = this.#known[chunk]!;
    this.#known[chunk] = known | what;
    return (known & what) === 0;
  }

  #addTile(chunk: number, value: number, dtype: Dtype, encoded: string | null | undefined): void {
    if (!encoded) return;
    const view = viewOfJob(this.#job);
    const cells = valuesOf(dtype, Buffer.from(encoded, "base64"));
    const tile = pageTile(view, this.#picked, view.layout.chunk(chunk), value, cells);
    if (tile) this.#tiles.push(tile);
  }

  #laneOf(worker: string): number {
    const known = this.#lanes.get(worker);
    if (known !== undefined) return known;
    this.#newLanes.push(worker);
    this.#lanes.set(worker, this.#lanes.size);
    return this.#lanes.size - 1;
  }

  #takeTiles(): PageTile[] {
    let cells = 0;
    let count = 0;
    while (count < Math.min(MOST_TILES, this.#tiles.length) && (count === 0 || cells < MOST_CELLS))
      cells += this.#tiles[count++]!.cells.length;
    const taken = this.#tiles.slice(0, count);
    this.#tiles = this.#tiles.slice(count);
    return taken;
  }

  /** By stretches of the time that they span, not of the whole job's. */
  #takeBars(): readonly PageBar[] {
    let firstMs = Number.POSITIVE_INFINITY;
    for (const { startMs } of this.#bars) firstMs = Math.min(firstMs, startMs);
    const moved = (bars: readonly PageBar[], byMs: number) =>
      bars.map((bar) => ({ ...bar, startMs: bar.startMs + byMs }));
    if (this.#bars.length <= MOST_BARS) return this.#bars;
    return moved(boundedBars(moved(this.#bars, -firstMs), this.#lanes.size, MOST_BARS), firstMs);
  }

  #counts(): NonNullable<PageChange["counts"]> {
    // What is counted is of this round: a chunk that failed in an earlier one is computed again.
    const { done = 0, failed = this.#failed.size } = this.#counted ?? {};
    return {
      total: this.#total,
      done: Math.min(this.#total, Math.max(done, this.#reported)),
      ...{ failed, failedAttempts: this.#attempts, workers: this.#lanes.size, coldStarts: this.#coldStarts },
    };
  }

  #secondsLeft(nowMs: number): number | undefined {
    const { done, failed, total } = this.#counts();
    const planned = this.#job.planned?.seconds.expected;
    const behind = { done: done + failed, total, doneBefore: this.#doneBefore, planned };
    return secondsLeft({ ...behind, elapsedMs: nowMs - this.#beganMs });
  }
}
