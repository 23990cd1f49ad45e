import { randomUUID } from "node:crypto";
import { checkMessage } from "../shared/messages/chunk-report.ts";
import { type Asked, NOTHING_ASKED } from "../shared/ports/aws/asked.ts";
import type { Clock } from "../shared/ports/clock.ts";
import type { Outbox } from "../shared/ports/queue.ts";
import { LONGEST_DELAY_SECONDS } from "../shared/ports/request-limits.ts";
import type { Store } from "../shared/ports/store.ts";
import { cancelForBudget } from "../shared/record/control.ts";
import type { StoredJob } from "../shared/record/job.ts";
import { type Limit, type Part, readLimit, takenParts, takePart } from "../shared/record/limit.ts";
import { MissingObjectError } from "../shared/validation/errors.ts";

/** Jobs with a limit that an environment remembers. What it holds of one that it forgets is spent. */
const REMEMBERED_JOBS = 100;
/** One after the other from a random one on, which mostly are free while the limit is far. A worker that finds no seat has little to spend. */
const BLIND_TRIES: Readonly<Record<Part, number>> = { seat: 1, coin: 3, end: 1 };
/** Among those that were listed as free, while other workers take them too. */
const LISTED_TRIES = 8;
const LISTS = 3;

export interface PursePorts {
  readonly store: Pick<Store, "get" | "putIfAbsent" | "list">;
  readonly results: Outbox;
  readonly clock: Pick<Clock, "epochMs">;
  /** In [0, 1). */
  readonly random: () => number;
  /** What this process has asked for so far. */
  readonly asked: Asked;
}

/** What one environment holds of a job's limit. */
export interface Purse {
  readonly job: Pick<StoredJob, "jobId" | "submittedAtMs">;
  limit: Limit;
  hasSeat: boolean;
  /** Its credit and the worth of its coins. */
  paidUsd: number;
  /** What it asked for, and the time of its invocations that ended. */
  spentUsd: number;
  /** Rounds in which no seat, or nothing at all, was left. */
  seatlessRound: number | undefined;
  endedRound: number | undefined;
  /** Where it looks for its next one. */
  readonly next: { [Kind in Part]?: number };
}

interface PurseOptions {
  /** What a new one holds. */
  readonly credit: (limit: Limit) => number;
  /** How often a request to SQS counts: what a worker sends is received as well. */
  readonly sqsTimes: number;
}

/** An environment's purses, and whose requests it makes: it handles one message at a time. */
export class Purses {
  readonly #ports: PursePorts;
  readonly #options: PurseOptions;
  readonly #known = new Map<string, Purse>();
  #counted: Asked = NOTHING_ASKED;
  /** The one whose job asks; `free` where that has no limit, and undefined while it is not known. */
  #current: Purse | "free" | undefined;

  constructor(ports: PursePorts, options: PurseOptions) {
    this.#ports = ports;
    this.#options = options;
  }

  [Symbol.iterator]() {
    return this.#known.values();
  }

  /** What is asked for from here on is for the job that is named next. */
  begins(): void {
    this.#count();
    this.#current = undefined;
  }

  /** It is for a job without a limit. */
  forFree(): void {
    this.#current = "free";
    this.#count();
  }

  /** The job's, which pays for what is asked for from here on, and since what was done before began. */
  async of({ jobId, submittedAtMs }: StoredJob, round: number): Promise<Purse> {
    const name = `${jobId} ${submittedAtMs}`;
    let purse = this.#known.get(name);
    // A later round may have a higher limit.
    if (!purse || purse.limit.round < round) {
      const limit = await readLimit(this.#ports.store, jobId);
      if (!limit) throw new MissingObjectError(`spend/limit.json of job ${jobId}`);
      if (purse) {
        // A seat that was cut for less does not pay for the worst that this round's invocations can take.
        purse.hasSeat &&= purse.limit.seatUsd >= limit.seatUsd;
        purse.limit = limit;
      } else
        purse = {
          ...{ job: { jobId, submittedAtMs }, limit, hasSeat: false },
          ...{ paidUsd: this.#options.credit(limit), spentUsd: 0 },
          ...{ seatlessRound: undefined, endedRound: undefined, next: {} },
        };
      this.#known.set(name, purse);
      const [oldest] = this.#known.keys();
      if (this.#known.size > REMEMBERED_JOBS && oldest !== undefined) this.#known.delete(oldest);
    }
    this.#current = purse;
    return purse;
  }

  /** Takes coins until they cover what was spent and this sum; a free seat will do in place of them. False where there are none. */
  async cover(purse: Purse, usd: number): Promise<boolean> {
    for (this.#count(); purse.paidUsd < purse.spentUsd + usd; this.#count()) {
      if (await this.take(purse, "coin")) purse.paidUsd += purse.limit.coinUsd;
      else if (await this.take(purse, "seat")) purse.paidUsd += purse.limit.seatUsd;
      else return false;
    }
    return true;
  }

  /** Takes the next that is free; false where there is none. */
  async take(purse: Purse, part: "seat" | "coin"): Promise<boolean> {
    const { store, random } = this.#ports;
    const { jobId } = purse.job;
    const { from, to } = purse.limit[`${part}s`];
    if (to <= from) return false;
    const tryOne = (number: number) => takePart(store, jobId, { part, number, taker: randomUUID() });
    for (let n = 0; n < BLIND_TRIES[part]; n++) {
      const next = purse.next[part] ?? Math.floor(random() * (to - from));
      purse.next[part] = next + 1;
      if (await tryOne(from + (next % (to - from)))) return true;
    }
    for (let list = 0; list < LISTS; list++) {
      const taken = await takenParts(store, jobId, part);
      const free: number[] = [];
      for (let number = from; number < to; number++) if (!taken.has(number)) free.push(number);
      if (free.length === 0) return false;
      for (let n = 0; n < LISTED_TRIES && free.length > 0; n++) {
        const [number] = free.splice(Math.floor(random() * free.length), 1);
        if (number !== undefined && (await tryOne(number))) return true;
      }
    }
    return false;
  }

  /** Ends the round, for this environment and all: who finds nothing first has the job looked at now, and once all that are at work have ended. */
  async end(purse: Purse, round: number): Promise<void> {
    purse.endedRound = round;
    const { store, results, clock } = this.#ports;
    const { jobId, submittedAtMs: ofJobMs } = purse.job;
    if (!(await cancelForBudget(store, { jobId, round }, clock.epochMs()))) return;
    const delaySeconds = Math.min(Math.ceil(purse.limit.longestMs / 1000), LONGEST_DELAY_SECONDS);
    const check = [checkMessage({ jobId, round, turn: 0, ofJobMs })];
    await results.send(check);
    await results.send(check, { delaySeconds });
  }

  /** Charges whose requests they were with what was asked for since the last time. */
  #count(): void {
    const purse = this.#current;
    if (!purse) return;
    const { put, get, sqs } = this.#ports.asked;
    const before = this.#counted;
    this.#counted = { put, get, sqs };
    if (purse === "free") return;
    const { perPut, perGet, perSqs } = purse.limit.rates;
    purse.spentUsd +=
      (put - before.put) * perPut +
      (get - before.get) * perGet +
      (sqs - before.sqs) * perSqs * this.#options.sqsTimes;
  }
}
