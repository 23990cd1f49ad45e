/** When it is worth looking in the store whether a job is complete: a look lists all that was ever reported. */
import { CHEAP_KEYS, OTHERS } from "../../shared/plan/looks.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import type { StoredJob } from "../../shared/record/job.ts";

/** Looking takes a tenth of the time at the most, unless the end is near. */
const PAUSE_PER_LOOK = 10;
const LONGEST_PAUSE_MS = 5_000;
/** An environment hears of many jobs in its life. */
const REMEMBERED_JOBS = 100;

/** What a look found. */
interface Seen {
  readonly round: number;
  readonly keys: number;
  /** Reports and final failures, those of one chunk each counted. */
  readonly covered: number;
  /** How many there must be at least before it is worth reading them. */
  readonly needed: number;
}

interface Look extends Seen {
  readonly endedMs: number;
  readonly tookMs: number;
  /** Chunks that this environment heard of since. */
  readonly added: number;
}

type JobOf = Pick<StoredJob, "jobId" | "submittedAtMs">;

/**
 * What one environment saw of its jobs. A look after each batch would cost as many keys as there are batches, each time:
 * for a million chunks with a message each, fifty million. Where the last batch of a large job is not followed by a look,
 * because another environment added seven times as much within seconds and the queue seemed not to be empty, the job's next
 * check finishes it.
 */
export class Looks {
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #latest = new Map<string, Look>();

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.#clock = clock;
  }

  /** Whether the job may be complete now that `added` more of its chunks are accounted for. */
  isDue(job: JobOf, added: number): boolean {
    const latest = this.#latest.get(nameOf(job));
    if (!latest || latest.keys < CHEAP_KEYS) return true;
    const look = { ...latest, added: latest.added + added };
    this.#latest.set(nameOf(job), look);
    const pauseMs = Math.min(PAUSE_PER_LOOK * look.tookMs, LONGEST_PAUSE_MS);
    const isLong = this.#clock.monotonicMs() - look.endedMs >= pauseMs;
    return isLong || look.covered + OTHERS * look.added >= look.needed;
  }

  /** How many reports and final failures of the round there must be before it can be complete; undefined where nothing is known. */
  needed(job: JobOf, round: number): number | undefined {
    const latest = this.#latest.get(nameOf(job));
    return latest?.round === round ? latest.needed : undefined;
  }

  /** To be called before a look; what it returns, with what was seen. */
  begin(): (job: JobOf, seen: Seen) => void {
    const began = this.#clock.monotonicMs();
    return (job, seen) => {
      const name = nameOf(job);
      const endedMs = this.#clock.monotonicMs();
      this.#latest.delete(name);
      this.#latest.set(name, { ...seen, endedMs, tookMs: endedMs - began, added: 0 });
      const [oldest] = this.#latest.keys();
      if (this.#latest.size > REMEMBERED_JOBS && oldest !== undefined) this.#latest.delete(oldest);
    };
  }

  /** The next look is as the first. */
  forget(job: JobOf): void {
    this.#latest.delete(nameOf(job));
  }
}

/** A job that was deleted may come again under its id. */
function nameOf({ jobId, submittedAtMs }: JobOf): string {
  return `${jobId} ${submittedAtMs}`;
}
