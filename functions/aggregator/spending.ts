import { randomUUID } from "node:crypto";
import type { StoredJob } from "../../shared/record/job.ts";
import { takePart } from "../../shared/record/limit.ts";
import { readSummary, type Summary } from "../../shared/record/summary.ts";
import { type Purse, type PursePorts, Purses } from "../purse.ts";

interface Ports extends PursePorts {
  readonly clock: PursePorts["clock"] & { monotonicMs(): number };
  /** From the start of the process until it could take a batch. */
  readonly initMs: number;
}

/**
 * What jobs with a limit pay of an aggregator's time and requests, by the same coins as workers: one look at a time, held before it begins
 * and charged with what it took. Once no coin is left it keeps reports as long as it holds something yet, and drops them after that: the
 * job's last check finds what is stored.
 */
export class AggregatorSpending {
  readonly #ports: Ports;
  readonly #purses: Purses;
  #purse: Purse | undefined;
  #spentBeforeUsd = 0;
  /** Billed with the first job that comes. */
  #owedMs: number;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#owedMs = ports.initMs;
    this.#purses = new Purses(ports, { credit: () => 0, sqsTimes: 1 });
  }

  /** Charges the job with what a batch of its reports, or a check of it, takes; what ends a round is set aside, once. */
  async during<Ended extends { readonly summary: Pick<Summary, "round"> }>(
    action: () => Promise<Ended | undefined>,
  ): Promise<Ended | undefined> {
    const { clock } = this.#ports;
    const beganMs = clock.monotonicMs();
    this.#purses.begins();
    this.#purse = undefined;
    let finished: Ended | undefined;
    try {
      finished = await action();
      return finished;
    } finally {
      this.#purses.begins();
      const purse = this.#purse as Purse | undefined;
      const own = purse?.limit.rates.own;
      if (purse && own) {
        const ms = clock.monotonicMs() - beganMs + this.#owedMs;
        this.#owedMs = 0;
        const isSetAside = finished && (await this.#takeEnd(purse, finished.summary.round));
        if (isSetAside) purse.spentUsd = this.#spentBeforeUsd;
        else purse.spentUsd += own.perInvocation + own.perBatch + own.perMs * Math.ceil(ms);
      }
    }
  }

  /** Whether it has seen a job of this id reach its limit. */
  hasEnded(jobId: string): boolean {
    return [...this.#purses].some(({ job, endedRound }) => job.jobId === jobId && endedRound !== undefined);
  }

  /** Whether the job may be looked at; where nothing is left its round is cancelled. A check was sent again `skips` times before. */
  async allows(job: StoredJob, round: number, skips = 0): Promise<boolean> {
    const purse = await this.#of(job, round);
    const own = purse?.limit.rates.own;
    if (!purse || !own) return true;
    purse.spentUsd += skips * own.perSkip;
    if (purse.endedRound === round) return false;
    if (await this.#purses.cover(purse, own.perLook)) return true;
    const summary = await readSummary(this.#ports.store, job.jobId);
    // What is over is not cancelled.
    if (summary?.round === round) purse.endedRound = round;
    else await this.#purses.end(purse, round);
    return false;
  }

  /** Whether reports of a job that has reached its limit may still be kept. */
  async mayKeep(job: StoredJob, round: number): Promise<boolean> {
    const purse = await this.#of(job, round);
    const { own, perPut } = purse?.limit.rates ?? {};
    if (!purse || !own || !perPut || purse.endedRound !== round) return true;
    return purse.paidUsd >= purse.spentUsd + perPut + own.perInvocation + own.perBatch;
  }

  #takeEnd({ job }: Purse, number: number): Promise<boolean> {
    const mine = { part: "end", number, taker: randomUUID() } as const;
    return takePart(this.#ports.store, job.jobId, mine).catch(() => false);
  }

  async #of(job: StoredJob, round: number): Promise<Purse | undefined> {
    if (job.maxUsd === undefined) {
      this.#purses.forFree();
      return undefined;
    }
    const purse = await this.#purses.of(job, round);
    if (this.#purse !== purse) this.#spentBeforeUsd = purse.spentUsd;
    this.#purse = purse;
    return purse;
  }
}
