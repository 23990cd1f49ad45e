/** A worker that takes messages from the queue itself, until there are none or its time is nearly up. */
import type { Clock } from "../ports/clock.ts";
import type { Worked } from "../ports/delivery.ts";
import { LAST_LOOKS } from "../ports/fleet.ts";
import type { Received } from "../ports/queue.ts";
import { MAX_RECEIVE_COUNT } from "../validation/env.ts";

/** A receive and a delete take some 20 ms on AWS: with this much work per batch they are a tenth. */
const AIMED_BATCH_MS = 200;
const MOST_MESSAGES = 10;
/** Other drainers may be idle meanwhile: after this time, the rest of a batch is better off with them. */
const LONGEST_HOLD_MS = 5 * AIMED_BATCH_MS;
/** With less of its time left a drainer begins nothing, as a message that is cut off waits for its visibility timeout. */
const RESERVED_SHARE = 1 / 4;
/**
 * A further share, by each drainer's own number: drainers that began together then invoke their successors at different
 * times.
 */
const SPREAD_SHARE = 1 / 8;
const RESERVED_MESSAGES = 2;
/** A factor for the splitter's estimate of the heaviest message, which may be too low. */
const RESERVED_ESTIMATES = 1.5;
const CLAIM_CHECK_MS = 5_000;
/** Before a queue that could not be asked is asked again, up to twice as long: a disturbance may last a quarter of a minute. */
const PAUSES_MS = [1_000, 2_000, 4_000, 8_000];

export interface DrainPorts {
  /**
   * Up to `most` messages. With patience it waits a second for the first, and asks all of the queue's servers; without, it
   * answers at once and may miss messages, others each time.
   */
  receive(most: number, isPatient: boolean): Promise<readonly Received[]>;
  work(message: Received): Promise<Worked>;
  /** Acknowledges messages that are done. */
  remove(messages: readonly Received[]): Promise<void>;
  /** Hands messages that were not begun to others, at once. */
  release(messages: readonly Received[]): Promise<void>;
  /** What this drainer's group claimed, or nothing where it may not go on. */
  claim(): Promise<{ readonly longestMs: number } | undefined>;
  /** Is told why the queue could not be asked. */
  onTrouble(error: unknown): void;
  /** True where the queue may be asked again after a while. */
  mayPass(error: unknown): boolean;
  pause(ms: number): Promise<unknown>;
  remainingMs(): number;
  /** Whether this drainer waits for a last message: one of its group does. */
  readonly isKeeper: boolean;
  /** This drainer's own number in [0, 1): it spreads actions that all drainers would otherwise take at once. */
  readonly spread: number;
  readonly clock: Clock;
}

export interface DrainOutcome {
  readonly messages: number;
  readonly chunks: number;
  readonly receives: number;
  readonly released: number;
  readonly longestMs: number;
  /**
   * `empty`: the queue was, or seemed so. `time`: it gave messages to the end. `trouble`: it could not be asked, time and again or for good.
   * `claim`: others have a right to the concurrency now. `limit`: the job's limit has no seat for it.
   */
  readonly ended: "empty" | "time" | "trouble" | "claim" | "limit";
}

export async function drain(jobId: string, ports: DrainPorts): Promise<DrainOutcome> {
  const { clock } = ports;
  const claim = await ports.claim();
  const pace = new Pace(ports.remainingMs(), ports.spread, claim?.longestMs);
  const counts = { messages: 0, chunks: 0, receives: 0, released: 0 };
  let done: Received[] = [];
  let checkedAtMs = clock.monotonicMs();
  const over = async (ended: DrainOutcome["ended"]): Promise<DrainOutcome> => {
    await ports.remove(done);
    return { ...counts, longestMs: pace.longestMs, ended };
  };

  /**
   * Patience costs nothing while there are messages, and a second at the end, which only the keeper pays. What the looks of
   * all others miss is the keeper's and the mapping's. A drainer without any message yet is patient, too: its start would
   * have been for nothing.
   */
  const take = async (): Promise<readonly Received[]> => {
    const isPatient = ports.isKeeper || counts.messages === 0;
    for (let look = 1; ; look++) {
      counts.receives++;
      const batch = await ports.receive(pace.batchSize, isPatient);
      if (batch.length > 0 || isPatient || look === LAST_LOOKS) return batch;
    }
  };
  /** Nothing where the queue cannot be asked. */
  const receive = async (): Promise<readonly Received[] | undefined> => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await take();
      } catch (error) {
        ports.onTrouble(error);
        const pauseMs = (PAUSES_MS[attempt] ?? Number.POSITIVE_INFINITY) * (1 + ports.spread);
        if (!ports.mayPass(error) || ports.remainingMs() - pauseMs < pace.reservedMs) return undefined;
        await ports.pause(pauseMs);
      }
    }
  };

  // An event may lie in Lambda's queue for a minute: the place may be another's by now.
  if (!claim) return over("claim");

  for (;;) {
    // With all of its time before it a drainer begins a message however long that may be.
    if (counts.messages > 0 && ports.remainingMs() < pace.reservedMs) return over("time");
    const removing = ports.remove(done);
    done = [];
    const batch = await receive();
    await removing;
    if (!batch) return over("trouble");
    if (batch.length === 0) return over("empty");

    let isForeign = false;
    let isSeatless = false;
    const begunAtMs = clock.monotonicMs();
    const rest: Received[] = [];
    for (const message of batch) {
      const isHeld = clock.monotonicMs() - begunAtMs > LONGEST_HOLD_MS;
      const leftMs = ports.remainingMs();
      const { receiveCount } = message;
      // What was delivered before has few deliveries left: it is begun if there is time for it alone, the last time anyhow.
      const isForOthers =
        isSeatless ||
        (receiveCount === 1 ? isHeld || leftMs < pace.reservedMs : leftMs < pace.longestExpectedMs);
      if (message !== batch[0] && isForOthers && receiveCount < MAX_RECEIVE_COUNT) {
        rest.push(message);
        continue;
      }
      counts.messages++;
      const startedMs = clock.monotonicMs();
      const worked = await ports.work(message);
      pace.took(clock.monotonicMs() - startedMs);
      if (!worked.retry) done.push(message);
      counts.chunks += worked.chunks;
      isSeatless ||= worked.jobId === jobId && worked.isSeatless === true;
      isForeign ||= worked.jobId !== undefined && worked.jobId !== jobId;
    }
    if (rest.length > 0) await ports.release(rest);
    counts.released += rest.length;
    if (isSeatless) return over("limit");

    if (isForeign && clock.monotonicMs() - checkedAtMs > CLAIM_CHECK_MS) {
      if (!(await ports.claim())) return over("claim");
      checkedAtMs = clock.monotonicMs();
    }
  }
}

/** What the messages so far say of those to come. */
export class Pace {
  readonly #allottedMs: number;
  readonly #spread: number;
  readonly #expectedMs: number;
  #meanMs: number | undefined;
  longestMs = 0;

  /** `allottedMs` is what the drainer has in all, `spread` its own number, `expectedMs` what the heaviest message is expected to take. */
  constructor(allottedMs: number, spread = 0, expectedMs = 0) {
    this.#allottedMs = allottedMs;
    this.#spread = spread;
    this.#expectedMs = expectedMs;
  }

  took(ms: number): void {
    this.longestMs = Math.max(this.longestMs, ms);
    // The latest count most: heavy messages come first, and light ones at the end.
    this.#meanMs = this.#meanMs === undefined ? ms : (this.#meanMs + ms) / 2;
  }

  /** How many messages to ask for: one until it is known how long they take. */
  get batchSize(): number {
    if (this.#meanMs === undefined) return 1;
    return Math.min(Math.max(Math.floor(AIMED_BATCH_MS / this.#meanMs), 1), MOST_MESSAGES);
  }

  /** What one message may take. */
  get longestExpectedMs(): number {
    return Math.max(this.longestMs, RESERVED_ESTIMATES * this.#expectedMs);
  }

  /** What must be left for another message to begin. */
  get reservedMs(): number {
    const neededMs = Math.max(
      RESERVED_SHARE * this.#allottedMs,
      RESERVED_MESSAGES * this.longestMs,
      this.longestExpectedMs,
    );
    return neededMs + this.#spread * SPREAD_SHARE * this.#allottedMs;
  }
}
