import { printable } from "./printable.ts";

/**
 * Every error of manyhands answers one question: does it make sense to try again? A permanent error is recorded with
 * its reason and acknowledged; any other error, ours or not, goes back to the queue.
 */
export abstract class ManyhandsError extends Error {
  abstract readonly permanent: boolean;
  /** Written out in every class: callers of a function read it, and minified classes have no names of their own. */
  abstract override readonly name: string;

  /** What a program tells errors apart by: `INVALID_INPUT` for InvalidInputError. */
  get code(): string {
    return this.name
      .replace(/Error$/, "")
      .replace(/\B[A-Z]/g, "_$&")
      .toUpperCase();
  }
}

/** Bad input: the sentence for the user says what was expected, what came, and in which field (exit code 2). */
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
 * A message or record of a newer version than this program knows: it means something, to a newer program. A stage tries
 * again, because a deployment may be under way; a command says so and ends with exit code 2.
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

/** A worker lacks the kernel that a message names, and another one may have it. */
export class LackingKernelError extends ManyhandsError {
  override readonly name = "LackingKernelError";
  readonly permanent = false;
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

/** A kernel's error, by name and message. Kernels are pure: the same chunk meets the same error on every machine. */
export class KernelError extends ManyhandsError {
  override readonly name = "KernelError";
  /** Tried again the first time: a kernel may break its contract, or its worker be broken. */
  readonly permanent = false;
}

/** Stored bytes that are not the expected chunk: truncated, or with another checksum. */
export class CorruptChunkError extends ManyhandsError {
  override readonly name = "CorruptChunkError";
  readonly permanent = false;
  /** What it was that came. */
  readonly got: string;

  constructor(got: string, options?: ErrorOptions) {
    super(`Expected a whole, checksummed chunk, got ${got}.`, options);
    this.got = got;
  }
}

/**
 * The store holds an intact chunk with values other than the computed ones. One of the two is wrong, by a fault of a
 * machine, another version of the kernel, or a user's hand. Checksums are CRC-32C of the decoded bytes.
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

/** An object that was stored before is gone: a user deleted the job. */
export class MissingObjectError extends ManyhandsError {
  override readonly name = "MissingObjectError";
  readonly permanent = true;

  constructor(key: string) {
    super(`Expected ${key} in the store, found nothing there.`);
  }
}

/** An uploaded kernel whose bytes are not those that its key names. */
export class CorruptUploadError extends ManyhandsError {
  override readonly name = "CorruptUploadError";
  readonly permanent = true;

  constructor(key: string, found: string) {
    super(`Expected ${key} to have the bytes that its key names, got those of ${found.slice(0, 16)}.`);
  }
}

/** More bytes than such an object can have: a foreign object, or one without an end. */
export class TooLargeError extends ManyhandsError {
  override readonly name = "TooLargeError";
  readonly permanent = true;

  constructor(what: string, mostBytes: number) {
    super(`Expected ${what} to have at most ${mostBytes} bytes, it has more.`);
  }
}

/** The store has no room for an object; what it holds is whole. */
export class StoreFullError extends ManyhandsError {
  override readonly name = "StoreFullError";
  readonly permanent = true;

  constructor(key: string, bytes: number, room: { readonly bytes: number; readonly mostBytes: number }) {
    super(
      `Expected room for ${key} (${bytes} bytes) in Redis, its objects have ${room.bytes} of at most ${room.mostBytes} bytes: delete jobs, give Redis more memory (maxmemory), or keep objects elsewhere by --store s3://bucket or --store /shared/folder.`,
    );
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

/** A queue refused some of the messages after repeated attempts. */
export class QueueSendError extends ManyhandsError {
  override readonly name = "QueueSendError";
  readonly permanent = false;

  constructor(unsent: number, reason: string) {
    super(`Expected the queue to take every message, ${unsent} were refused: ${reason}.`);
  }
}

/** A variable in a stage's environment is missing or makes no sense. */
export class EnvironmentError extends ManyhandsError {
  override readonly name = "EnvironmentError";
  readonly permanent = true;
}

/** A CRC in its usual notation. */
export const checksumText = (checksum: number): string => checksum.toString(16).padStart(8, "0");

/** True if another attempt cannot help. Errors from elsewhere (network, memory) may pass. */
export function isPermanent(error: unknown): boolean {
  return isOurs(error) && error.permanent;
}

/** Whether it is a KernelError, of whichever bundle. */
export const isOfKernel = (error: unknown): boolean => isOurs(error) && error.name === "KernelError";

/**
 * Checks properties, not the class: each bundle has classes of its own, and the embedded cloud gets its folder from
 * another bundle.
 */
function isOurs(error: unknown): error is ManyhandsError {
  return error instanceof Error && typeof (error as Partial<ManyhandsError>).permanent === "boolean";
}

/** An InvalidInputError of another bundle as one of this bundle's class, which a caller of the library compares it with; else as it is. */
export function asOwn(error: unknown): unknown {
  const isAnothers =
    isOurs(error) && error.name === "InvalidInputError" && !(error instanceof InvalidInputError);
  return isAnothers ? Object.setPrototypeOf(error, InvalidInputError.prototype) : error;
}

const LONGEST_DESCRIPTION = 500;

/** A one-line sentence for reports, logs and terminals, for any thrown value and any length of its message. */
export function describeError(error: unknown): string {
  const text = printable(
    error instanceof Error && !isOurs(error) ? `${error.name}: ${error.message}` : messageOf(error),
  );
  return text.length > LONGEST_DESCRIPTION ? `${text.slice(0, LONGEST_DESCRIPTION)}…` : text;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
