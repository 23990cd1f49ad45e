import { randomUUID } from "node:crypto";
import type { ChunkMessage } from "../../shared/messages/chunk-message.ts";
import { checkMessage } from "../../shared/messages/chunk-report.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import type { Outbox } from "../../shared/ports/queue.ts";
import type { Store } from "../../shared/ports/store.ts";
import { cancelForBudget } from "../../shared/record/control.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { type Limit, readLimit, takenSlots, takeSlot } from "../../shared/record/limit.ts";
import { MissingObjectError } from "../../shared/validation/errors.ts";

/** Jobs with a limit that an environment remembers. One that it forgets keeps the slots: they are spent. */
const REMEMBERED_JOBS = 100;
/** At random, which mostly is free while the limit is far. */
const BLIND_TRIES = 2;
/** Among those that were listed as free, while other workers take them too. */
const LISTED_TRIES = 4;

/** SQS takes no longer one. */
const LONGEST_DELAY_SECONDS = 900;

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
  slots: number;
  /** By invocations that ended, and for the messages and chunks of this one. */
  spentUsd: number;
  /** True while this invocation's time is not counted in it: then it may take the longest. */
  isOpen: boolean;
  /** The round in which no slot was left. */
  endedRound: number | undefined;
}

/**
 * The gate of jobs with a limit, as one environment keeps it. An environment takes slots of the job's limit as it needs them, each the worst
 * that an invocation can cost, and begins a message only where its slots cover what it spent and the worst that may come. It has one
 * invocation at a time and times each, so it knows what it spent; one that dies leaves its slots taken. So however often a message is
 * delivered, sent again or issued again, all of a job's invocations together stay below its slots.
 */
export class Spending {
  readonly #ports: SpendingPorts;
  readonly #purses = new Map<string, Purse>();

  constructor(ports: SpendingPorts) {
    this.#ports = ports;
  }

  /** Whether the message may be worked. Where it may not, the job's round is cancelled. Throws what the store throws: then it may not either. */
  async allows(message: ChunkMessage, job: StoredJob): Promise<boolean> {
    if (job.maxUsd === undefined) return true;
    const { jobId, round, chunks } = message;
    const purse = await this.#purseOf(job, round);
    if (purse.endedRound === round) return false;
    const { longestMs, rates } = purse.limit;
    const { perSlot, perInvocation, perMs, perMessage, perChunk } = rates;
    const forMessage = perMessage + chunks.length * perChunk;
    // A slot has room for the longest invocation beside its first message.
    const openUsd = perInvocation + perMs * longestMs;
    while (purse.slots * (purse.limit.slotUsd - perSlot) < purse.spentUsd + openUsd + forMessage) {
      if (!(await this.#take(jobId, purse.limit.slots))) {
        purse.endedRound = round;
        await this.#end(message, job, longestMs);
        return false;
      }
      purse.slots++;
    }
    purse.spentUsd += forMessage;
    purse.isOpen = true;
    return true;
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
    // Slots that were taken for less are worth less: they count as spent.
    if (known?.limit.slotUsd === limit.slotUsd) {
      known.limit = limit;
      return known;
    }
    const purse: Purse = { limit, slots: 0, spentUsd: 0, isOpen: false, endedRound: undefined };
    this.#purses.set(name, purse);
    const [oldest] = this.#purses.keys();
    if (this.#purses.size > REMEMBERED_JOBS && oldest !== undefined) this.#purses.delete(oldest);
    return purse;
  }

  async #take(jobId: string, slots: number): Promise<boolean> {
    const { store, random } = this.#ports;
    const taker = randomUUID();
    for (let n = 0; n < BLIND_TRIES; n++)
      if (await takeSlot(store, jobId, Math.floor(random() * slots), taker)) return true;
    const taken = await takenSlots(store, jobId);
    const free: number[] = [];
    for (let slot = 0; slot < slots; slot++) if (!taken.has(slot)) free.push(slot);
    for (let n = 0; n < LISTED_TRIES && free.length > 0; n++) {
      const [slot] = free.splice(Math.floor(random() * free.length), 1);
      if (slot !== undefined && (await takeSlot(store, jobId, slot, taker))) return true;
    }
    return false;
  }

  /** The worker that is the first to find no slot has the aggregator look at the job once all that are at work have ended. */
  async #end({ jobId, round }: ChunkMessage, { submittedAtMs: ofJobMs }: StoredJob, longestMs: number) {
    const { store, results, clock } = this.#ports;
    if (!(await cancelForBudget(store, { jobId, round }, clock.epochMs()))) return;
    const delaySeconds = Math.min(Math.ceil(longestMs / 1000), LONGEST_DELAY_SECONDS);
    await results.send([checkMessage({ jobId, round, turn: 0, ofJobMs })], { delaySeconds });
  }
}
