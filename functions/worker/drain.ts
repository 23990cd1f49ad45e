/** A worker that takes messages from the queue itself, until there are none or its time is nearly up. */
import type { Clock } from "../../shared/clock.ts";

/** A receive and a delete take some 20 ms on AWS: so much work for each keeps them a tenth. */
const AIMED_BATCH_MS = 200;
const MOST_MESSAGES = 10;
/** Others may be idle meanwhile: then the rest of a batch is better off with them, though it counts as a delivery. */
const LONGEST_HOLD_MS = 5 * AIMED_BATCH_MS;
/** With less of its time left a drainer begins nothing, as a message that is cut off waits for its visibility timeout. */
const RESERVED_SHARE = 1 / 4;
const RESERVED_MESSAGES = 2;
const CLAIM_CHECK_MS = 5_000;

/** What became of one message. */
export interface Delivered {
  /** Absent where nobody could parse it. */
  readonly jobId?: string | undefined;
  readonly chunks: number;
  /** True where it was handed back to be delivered again. */
  readonly retry: boolean;
}

export interface DrainPorts<Message> {
  /** Up to so many messages; waits a little for the first. */
  receive(most: number): Promise<readonly Message[]>;
  deliver(message: Message): Promise<Delivered>;
  /** Acknowledges messages that are done. */
  remove(messages: readonly Message[]): Promise<void>;
  /** Makes a message that was not begun visible again, at once. */
  release(message: Message): Promise<void>;
  /** Whether this drainer's group may go on. */
  claimHolds(): Promise<boolean>;
  remainingMs(): number;
  readonly clock: Clock;
}

export interface DrainOutcome {
  readonly messages: number;
  readonly chunks: number;
  readonly receives: number;
  readonly released: number;
  readonly longestMs: number;
  /** `empty`: the queue was. `time`: it gave messages to the end. `claim`: others have a right to the concurrency now. */
  readonly ended: "empty" | "time" | "claim";
}

/** Throws where the queue cannot be asked. */
export async function drain<Message>(jobId: string, ports: DrainPorts<Message>): Promise<DrainOutcome> {
  const { clock } = ports;
  const pace = new Pace(ports.remainingMs());
  const counts = { messages: 0, chunks: 0, receives: 0, released: 0 };
  let done: Message[] = [];
  let checkedAtMs = clock.monotonicMs();
  const over = async (ended: DrainOutcome["ended"]): Promise<DrainOutcome> => {
    await ports.remove(done);
    return { ...counts, longestMs: pace.longestMs, ended };
  };

  for (;;) {
    if (ports.remainingMs() < pace.reservedMs) return over("time");
    const finished = done;
    counts.receives++;
    const [batch] = await Promise.all([ports.receive(pace.batchSize), ports.remove(finished)]);
    done = [];
    if (batch.length === 0) return over("empty");

    let isForeign = false;
    const begunAtMs = clock.monotonicMs();
    let begun = 0;
    for (const message of batch) {
      const heldMs = clock.monotonicMs() - begunAtMs;
      if (begun > 0 && (heldMs > LONGEST_HOLD_MS || ports.remainingMs() < pace.reservedMs)) break;
      begun++;
      const startedMs = clock.monotonicMs();
      const delivered = await ports.deliver(message);
      pace.took(clock.monotonicMs() - startedMs);
      if (!delivered.retry) done.push(message);
      counts.chunks += delivered.chunks;
      isForeign ||= delivered.jobId !== undefined && delivered.jobId !== jobId;
    }
    counts.messages += begun;
    const rest = batch.slice(begun);
    await Promise.all(rest.map((message) => ports.release(message)));
    counts.released += rest.length;

    if (isForeign && clock.monotonicMs() - checkedAtMs > CLAIM_CHECK_MS) {
      if (!(await ports.claimHolds())) return over("claim");
      checkedAtMs = clock.monotonicMs();
    }
  }
}

/** What the messages so far say of those to come. */
export class Pace {
  readonly #allottedMs: number;
  #meanMs: number | undefined;
  longestMs = 0;

  /** `allottedMs` is what the drainer has in all. */
  constructor(allottedMs: number) {
    this.#allottedMs = allottedMs;
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

  /** What must be left for another message to begin. */
  get reservedMs(): number {
    return Math.max(RESERVED_SHARE * this.#allottedMs, RESERVED_MESSAGES * this.longestMs);
  }
}
