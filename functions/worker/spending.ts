import type { ChunkMessage } from "../../shared/messages/chunk-message.ts";
import { waitsFor } from "../../shared/plan/waits.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { takenParts } from "../../shared/record/limit.ts";
import { type Purse, type PursePorts, Purses } from "../purse.ts";

/** `later`: others are at work, as many as the limit has seats for, and the message has to wait for them. `never`: its round is over. */
export type Allowance = "now" | "later" | "never";

/** A message is received and deleted, if only to be sent again. */
const DELIVERY_REQUESTS = 2;
/** What a worker sends, a report or a message, is received too. */
const SQS_TIMES = 2;

/**
 * The gate of jobs with a limit, as one environment keeps it. A worker begins a message only with a seat, which pays for the worst that the
 * invocation can take, and with coins for all that it did before and for the most that the message can ask for. It has one invocation at a
 * time, times each and counts its requests, so it knows what it spent; one that dies leaves its seat and coins taken. So however often a
 * message is delivered, sent again or issued again, all of a job's invocations together stay below what was taken.
 */
export class Spending {
  readonly #ports: PursePorts;
  readonly #purses: Purses;
  /** Those that this invocation's time is not counted in yet. */
  readonly #open = new Set<Purse>();

  constructor(ports: PursePorts) {
    this.#ports = ports;
    this.#purses = new Purses(ports, { credit: ({ creditUsd }) => creditUsd, sqsTimes: SQS_TIMES });
  }

  /** To be called before anything is asked for a message. */
  begins(): void {
    this.#purses.begins();
  }

  /**
   * Whether the message may be worked. Where nothing is left, the job's round is cancelled. Throws what the store throws: then it may not
   * be worked either.
   */
  async allows(message: ChunkMessage, job: StoredJob, receiveCount = 1): Promise<Allowance> {
    if (job.maxUsd === undefined) {
      this.#purses.forFree();
      return "now";
    }
    const { round, chunks, waited } = message;
    const purse = await this.#purses.of(job, round);
    if (purse.endedRound === round) return "never";
    const { perMessage, perChunk, perWait, perReport, perSqs } = purse.limit.rates;
    const waits = waitsFor(purse.limit.longestMs);
    // What was delivered before may have cost its worker, and that one's seat.
    const mayBuy = waited >= waits.toBuy || receiveCount > 1;
    await this.#sit(purse, round);
    const coins = !purse.hasSeat && mayBuy && (await this.#buySeat(purse));
    const { hasSeat } = purse;
    // Without a coin those who have their seats cannot pay for much more either.
    const mayWait = hasSeat || waited < (coins === 0 ? waits.toBuy : waits.most);
    const most = hasSeat ? perMessage + chunks.length * perChunk : perWait;
    if (!mayWait || !(await this.#purses.cover(purse, most))) {
      await this.#purses.end(purse, round);
      return "never";
    }
    purse.spentUsd += hasSeat ? perReport : DELIVERY_REQUESTS * perSqs;
    this.#open.add(purse);
    return hasSeat ? "now" : "later";
  }

  /** To be called at the end of each invocation, with all that is billed of it. */
  ended(billedMs: number): void {
    this.#purses.begins();
    for (const purse of this.#open) {
      const { perInvocation, perMs } = purse.limit.rates;
      purse.spentUsd += perInvocation + perMs * Math.ceil(billedMs);
    }
    this.#open.clear();
  }

  /** Takes a seat where it has none and one is free. */
  async #sit(purse: Purse, round: number): Promise<void> {
    if (purse.hasSeat || purse.seatlessRound === round) return;
    purse.hasSeat = await this.#purses.take(purse, "seat");
    if (!purse.hasSeat) purse.seatlessRound = round;
  }

  /** Buys a seat where the free coins are enough for one, and else leaves them to those that need them. Returns how many were free. */
  async #buySeat(purse: Purse): Promise<number> {
    const { job, limit, paidUsd, spentUsd } = purse;
    const { coins, coinUsd, seatUsd } = limit;
    const taken = await takenParts(this.#ports.store, job.jobId, "coin");
    const free = coins.to - coins.from - [...taken].filter((number) => number >= coins.from).length;
    if (paidUsd + free * coinUsd >= spentUsd + seatUsd)
      purse.hasSeat = await this.#purses.cover(purse, seatUsd);
    if (purse.hasSeat) purse.spentUsd += seatUsd;
    return free;
  }
}
