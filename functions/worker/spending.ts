import { randomUUID } from "node:crypto";
import type { ChunkMessage } from "../../shared/messages/chunk-message.ts";
import { checkMessage } from "../../shared/messages/chunk-report.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import type { Outbox } from "../../shared/ports/queue.ts";
import { KEYS_A_LIST, LONGEST_DELAY_SECONDS } from "../../shared/ports/request-limits.ts";
import type { Store } from "../../shared/ports/store.ts";
import { cancelForBudget } from "../../shared/record/control.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { type Limit, type Part, readLimit, takenParts, takePart } from "../../shared/record/limit.ts";
import { MissingObjectError } from "../../shared/validation/errors.ts";
import { BUYING_WAITS, MOST_WAITS } from "./waiting.ts";

/** Jobs with a limit that an environment remembers. What it holds of one that it forgets is spent. */
const REMEMBERED_JOBS = 100;
/** At random, which mostly is free while the limit is far. A worker that finds no seat has little to spend. */
const BLIND_TRIES: Readonly<Record<Part, number>> = { seat: 1, coin: 3 };
/** Among those that were listed as free, while other workers take them too. */
const LISTED_TRIES = 8;
const LISTS = 3;

/** `later`: others are at work, as many as the limit has seats for, and the message has to wait for them. `never`: its round is over. */
export type Allowance = "now" | "later" | "never";

export interface SpendingPorts {
  readonly store: Pick<Store, "get" | "putIfAbsent" | "list">;
  readonly results: Outbox;
  readonly clock: Pick<Clock, "epochMs">;
  /** In [0, 1). */
  readonly random: () => number;
}

/** What one environment holds of a job's limit. */
interface Purse {
  limit: Limit;
  hasSeat: boolean;
  /** Its credit and the worth of its coins. */
  paidUsd: number;
  /** By invocations that ended, and for the messages and chunks of this one. */
  spentUsd: number;
  /** True while this invocation's time is not counted in it. */
  isOpen: boolean;
  /** Rounds in which no seat, or nothing at all, was left. */
  seatlessRound: number | undefined;
  endedRound: number | undefined;
}

/**
 * The gate of jobs with a limit, as one environment keeps it. A worker begins a message only with a seat, which pays for the worst that the
 * invocation can take, and with coins for all that it did before and for what the message asks for. It has one invocation at a time and
 * times each, so it knows what it spent; one that dies leaves its seat and coins taken. So however often a message is delivered, sent again
 * or issued again, all of a job's invocations together stay below what was taken.
 */
export class Spending {
  readonly #ports: SpendingPorts;
  readonly #purses = new Map<string, Purse>();

  constructor(ports: SpendingPorts) {
    this.#ports = ports;
  }

  /**
   * Whether the message may be worked. Where nothing is left, the job's round is cancelled. Throws what the store throws: then it may not
   * be worked either.
   */
  async allows(message: ChunkMessage, job: StoredJob, receiveCount = 1): Promise<Allowance> {
    if (job.maxUsd === undefined) return "now";
    const { jobId, round, chunks, waited } = message;
    const purse = await this.#purseOf(job, round);
    if (purse.endedRound === round) return "never";
    const { perMessage, perChunk, perWait } = purse.limit.rates;
    // What was delivered before may have cost its worker, and that one's seat.
    const mayBuy = waited >= BUYING_WAITS || receiveCount > 1;
    const hasSeat = await this.#sit(jobId, purse, { round, mayBuy });
    const costUsd = hasSeat ? perMessage + chunks.length * perChunk : perWait;
    const mayWait = hasSeat || waited < MOST_WAITS;
    if (!mayWait || !(await this.#pay(jobId, purse, costUsd))) {
      purse.endedRound = round;
      await this.#end(message, job, purse.limit.longestMs);
      return "never";
    }
    purse.isOpen = true;
    return hasSeat ? "now" : "later";
  }

  /** To be called at the end of each invocation, with all that is billed of it. */
  ended(billedMs: number): void {
    for (const purse of this.#purses.values()) {
      if (!purse.isOpen) continue;
      purse.isOpen = false;
      const { perInvocation, perMs } = purse.limit.rates;
      purse.spentUsd += perInvocation + perMs * Math.ceil(billedMs);
    }
  }

  async #purseOf({ jobId, submittedAtMs }: StoredJob, round: number): Promise<Purse> {
    const name = `${jobId} ${submittedAtMs}`;
    const known = this.#purses.get(name);
    // A later round may have a higher limit.
    if (known && known.limit.round >= round) return known;
    const limit = await readLimit(this.#ports.store, jobId);
    if (!limit) throw new MissingObjectError(`spend/limit.json of job ${jobId}`);
    if (known) {
      // A seat that was cut for less does not pay for the worst that this round's invocations can take.
      known.hasSeat &&= known.limit.seatUsd >= limit.seatUsd;
      known.limit = limit;
      return known;
    }
    const purse: Purse = {
      ...{ limit, hasSeat: false, paidUsd: limit.creditUsd, spentUsd: 0, isOpen: false },
      ...{ seatlessRound: undefined, endedRound: undefined },
    };
    this.#purses.set(name, purse);
    const [oldest] = this.#purses.keys();
    if (this.#purses.size > REMEMBERED_JOBS && oldest !== undefined) this.#purses.delete(oldest);
    return purse;
  }

  /** Whether it has a seat, or gets one; the message must wait for others that have one where it does not. */
  async #sit(
    jobId: string,
    purse: Purse,
    { round, mayBuy }: { readonly round: number; readonly mayBuy: boolean },
  ): Promise<boolean> {
    if (!purse.hasSeat && purse.seatlessRound !== round) {
      purse.hasSeat = await this.#take(jobId, purse, "seat");
      if (!purse.hasSeat) purse.seatlessRound = round;
    }
    if (!purse.hasSeat && mayBuy && (await this.#canBuySeat(jobId, purse)))
      purse.hasSeat = await this.#pay(jobId, purse, purse.limit.seatUsd);
    return purse.hasSeat;
  }

  /** Where it cannot, it must not take the coins that others need. */
  async #canBuySeat(jobId: string, purse: Purse): Promise<boolean> {
    const { coins, coinUsd, seatUsd } = purse.limit;
    const taken = await this.#taken(jobId, purse, "coin");
    const free = coins.to - coins.from - [...taken].filter((number) => number >= coins.from).length;
    return purse.paidUsd + free * coinUsd >= purse.spentUsd + seatUsd;
  }

  /** Takes coins until they cover what was spent and this sum; a free seat will do in place of them. False where there are none. */
  async #pay(jobId: string, purse: Purse, usd: number): Promise<boolean> {
    purse.spentUsd += usd;
    while (purse.paidUsd < purse.spentUsd) {
      if (await this.#take(jobId, purse, "coin")) purse.paidUsd += purse.limit.coinUsd;
      else if (await this.#take(jobId, purse, "seat")) purse.paidUsd += purse.limit.seatUsd;
      else {
        purse.spentUsd -= usd;
        return false;
      }
    }
    return true;
  }

  async #take(jobId: string, purse: Purse, part: Part): Promise<boolean> {
    const { store, random } = this.#ports;
    const { seats, coins, rates } = purse.limit;
    const { from, to } = part === "seat" ? seats : coins;
    if (to <= from) return false;
    const taker = randomUUID();
    const tryOne = (number: number) => {
      purse.spentUsd += rates.perTry;
      return takePart(store, jobId, { part, number, taker });
    };
    for (let n = 0; n < BLIND_TRIES[part]; n++)
      if (await tryOne(from + Math.floor(random() * (to - from)))) return true;
    for (let list = 0; list < LISTS; list++) {
      const taken = await this.#taken(jobId, purse, part);
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

  async #taken(jobId: string, purse: Purse, part: Part): Promise<Set<number>> {
    const taken = await takenParts(this.#ports.store, jobId, part);
    purse.spentUsd += purse.limit.rates.perPage * Math.max(1, Math.ceil(taken.size / KEYS_A_LIST));
    return taken;
  }

  /** The worker that is the first to find nothing has the aggregator look at the job once all that are at work have ended. */
  async #end({ jobId, round }: ChunkMessage, { submittedAtMs: ofJobMs }: StoredJob, longestMs: number) {
    const { store, results, clock } = this.#ports;
    if (!(await cancelForBudget(store, { jobId, round }, clock.epochMs()))) return;
    const delaySeconds = Math.min(Math.ceil(longestMs / 1000), LONGEST_DELAY_SECONDS);
    await results.send([checkMessage({ jobId, round, turn: 0, ofJobMs })], { delaySeconds });
  }
}
