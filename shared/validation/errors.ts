import { printable } from "./printable.ts";

/**
 * Every error of ours answers one question: is there any sense in trying again? A permanent one is recorded
 * with its reason and acknowledged; anything else, ours or not, goes back to the queue.
 */
export abstract class ManyhandsError extends Error {
  abstract readonly permanent: boolean;
  /** Written out in every class: callers of a function read it, and minified classes have no names of their own. */
  abstract override readonly name: string;
}

/** What was expected, what came, in which field: the sentence a person gets for bad input (exit code 2). */
export class InvalidInputError extends ManyhandsError {
  override readonly name = "InvalidInputError";
  readonly permanent = true;
  readonly field: string;

  constructor(field: string, expected: string, received: string, hint = "") {
    super(`Expected ${field} to be ${expected}, got ${received}.${hint && ` ${hint}`}`);
    this.field = field;
  }
}

/**
 * A message or record of a version that comes after the one that is known here: it means something, to a newer program.
 * A stage tries again, as a deployment may be under way; a command says so and ends with exit code 2.
 */
export class NewerVersionError extends ManyhandsError {
  override readonly name = "NewerVersionError";
  readonly permanent = false;

  constructor(what: string, { version, known }: { readonly version: number; readonly known: number }) {
    super(
      `Expected ${what} to be of version ${known}, got one made by a newer manyhands (version ${version}; this one reads up to ${known}): update this one, unless a deployment under way does.`,
    );
  }
}

/** The same job id came with another request. */
export class JobConflictError extends ManyhandsError {
  override readonly name = "JobConflictError";
  readonly permanent = true;

  constructor(jobId: string) {
    super(`Expected job id ${jobId} to be unused or to come with the same request, got another request.`);
  }
}

/** A chunk index beyond the job's last chunk. */
export class ChunkOutOfRangeError extends ManyhandsError {
  override readonly name = "ChunkOutOfRangeError";
  readonly permanent = true;

  constructor(chunk: number, total: number) {
    super(`Expected chunk to be below ${total}, got ${chunk}.`);
  }
}

/** What a kernel threw, by name and message. Kernels are pure: the same chunk meets the same error wherever it is computed. */
export class KernelError extends ManyhandsError {
  override readonly name = "KernelError";
  /** A kernel may break its contract, or its worker be broken: the first time it is tried again. */
  readonly permanent = false;
}

/** Stored bytes that are not the chunk they should be: cut short, or with another checksum. */
export class CorruptChunkError extends ManyhandsError {
  override readonly name = "CorruptChunkError";
  readonly permanent = false;

  constructor(why: string, options?: ErrorOptions) {
    super(`Expected a whole, checksummed chunk, got ${why}.`, options);
  }
}

/**
 * An intact chunk with other values than were computed for it lies in the store: one of the two is wrong, by a fault of a
 * machine, another version of the kernel, or somebody's hand. Checksums are CRC-32C of the decoded bytes.
 */
export class IntegrityError extends ManyhandsError {
  override readonly name = "IntegrityError";
  readonly permanent = true;

  constructor(key: string, storedChecksum: number, computedChecksum: number) {
    const [stored, computed] = [storedChecksum, computedChecksum].map(checksumText);
    super(
      `Expected the chunk stored as ${key} to have the values computed for it (checksum ${computed}), it has others (checksum ${stored}) and is left as it is: \`manyhands verify\` tells which are right.`,
    );
  }
}

/** An object that was stored before anything asked for it is gone: somebody deleted the job. */
export class MissingObjectError extends ManyhandsError {
  override readonly name = "MissingObjectError";
  readonly permanent = true;

  constructor(key: string) {
    super(`Expected ${key} in the store, found nothing there.`);
  }
}

/** More bytes than whatever it is can have: somebody else's, or without an end. */
export class TooLargeError extends ManyhandsError {
  override readonly name = "TooLargeError";
  readonly permanent = true;

  constructor(what: string, mostBytes: number) {
    super(`Expected ${what} to have at most ${mostBytes} bytes, it has more.`);
  }
}

/** A listing of more objects than a job, or a bucket of ours, can have; or one without an end. */
export class ListingError extends ManyhandsError {
  override readonly name = "ListingError";
  readonly permanent = true;

  constructor(prefix: string, expected: string) {
    super(`Expected the listing of ${prefix} to ${expected}.`);
  }
}

/** A queue that would not take some of the messages, however often it was asked. */
export class QueueSendError extends ManyhandsError {
  override readonly name = "QueueSendError";
  readonly permanent = false;

  constructor(unsent: number, reason: string) {
    super(`Expected the queue to take every message, ${unsent} were refused: ${reason}.`);
  }
}

/** A setting in the environment of a stage is missing or makes no sense. */
export class EnvironmentError extends ManyhandsError {
  override readonly name = "EnvironmentError";
  readonly permanent = true;
}

/** A CRC as it is usually written. */
export const checksumText = (checksum: number): string => checksum.toString(16).padStart(8, "0");

/** True where another attempt cannot help. Errors that are not ours (network, memory) may pass. */
export function isPermanent(error: unknown): boolean {
  return isOurs(error) && error.permanent;
}

/** By what it has, not by its class: each bundle has classes of its own, and the embedded cloud gets its folder from another. */
function isOurs(error: unknown): error is ManyhandsError {
  return error instanceof Error && typeof (error as Partial<ManyhandsError>).permanent === "boolean";
}

const LONGEST_DESCRIPTION = 500;

/** A sentence for reports, logs and terminals, on one line: whatever was thrown and however long its message is. */
export function describeError(error: unknown): string {
  const text = printable(
    error instanceof Error && !isOurs(error) ? `${error.name}: ${error.message}` : messageOf(error),
  );
  return text.length > LONGEST_DESCRIPTION ? `${text.slice(0, LONGEST_DESCRIPTION)}…` : text;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
