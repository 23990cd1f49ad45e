import { type ChunkMessage, errorMark } from "../../shared/messages/chunk-message.ts";
import type { AttemptFailure, ChunkReport, ReportMessage } from "../../shared/messages/chunk-report.ts";
import { isUnusableObject, UNUSABLE_OBJECT } from "../../shared/ports/aws/refused-read.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import { describeError, IntegrityError, isOfKernel, isPermanent } from "../../shared/validation/errors.ts";

/** One delivery of a chunk message to one execution environment. */
export interface Delivery {
  readonly worker: ReportMessage["worker"];
  /** 1 for the first delivery, as SQS counts. */
  readonly receiveCount: number;
}

/** What has become of each chunk of a message in one delivery. */
export class Attempt {
  readonly computed: number[] = [];
  /** Stored by an earlier attempt: verified and reported, not computed again. */
  readonly found: number[] = [];
  /** Not begun: each is to be tried in a message of its own. */
  readonly apart: number[] = [];
  /** Shards that have items left, for which there was no time. */
  readonly unfinished: number[] = [];
  readonly reports: ChunkReport[] = [];
  readonly failures: AttemptFailure[] = [];
  /** By chunk, the mark of an error that is likely to recur, where it is the chunk's first one. */
  readonly marks = new Map<number, string>();
  readonly #message: ChunkMessage;
  readonly #delivery: Delivery;
  readonly #clock: Pick<Clock, "epochMs">;

  constructor(message: ChunkMessage, delivery: Delivery, clock: Pick<Clock, "epochMs">) {
    this.#message = message;
    this.#delivery = delivery;
    this.#clock = clock;
  }

  /** Whether an earlier delivery of the same message ended without an acknowledgement. */
  get isRepeated(): boolean {
    return this.#delivery.receiveCount > 1;
  }

  /** Call it after the chunk is stored. */
  complete(chunk: number, report: ChunkReport): void {
    this.reports.push(report);
    this.computed.push(chunk);
  }

  fail(chunk: number, error: unknown): void {
    const { worker, receiveCount } = this.#delivery;
    const { failed: formerMark } = this.#message;
    const description = describeError(error);
    const mark = markOf(error, description);
    const isKnown = mark !== undefined && mark === formerMark;
    // Only the first such error goes into a message: whatever a kernel throws in turn, the attempts come to an end.
    if (mark !== undefined && formerMark === undefined) this.marks.set(chunk, mark);
    this.failures.push({
      chunk,
      error: description,
      final: isKnown || isPermanent(error),
      disputed: error instanceof IntegrityError,
      attempt: receiveCount + (formerMark === undefined ? 0 : 1),
      failedAtMs: this.#clock.epochMs(),
      requestId: worker.requestId,
      logStream: worker.logStream,
    });
  }

  /** Whether SQS must deliver the message again, for a chunk's sake that may succeed elsewhere or later. */
  get mustComeAgain(): boolean {
    return this.failures.some(({ chunk, final }) => !final && !this.marks.has(chunk));
  }
}

/**
 * What the same error is known by when it comes again, for what lies in the chunk itself and not in the worker, the network or the hour.
 * An object that cannot be used is met by a PUT the first time and by a GET the next, in other words.
 */
function markOf(error: unknown, description: string): string | undefined {
  if (isUnusableObject(error)) return errorMark(UNUSABLE_OBJECT);
  return isOfKernel(error) ? errorMark(description) : undefined;
}
