import { ManyhandsError } from "../../validation/errors.ts";

/** A service did not do as asked; `isTransient` tells whether to try again. */
export class AwsError extends ManyhandsError {
  override readonly name = "AwsError";
  readonly permanent = false;
  /** 0 without an answer. */
  readonly status: number;
  /** Service and operation, such as `s3 PutObject`. */
  readonly operation: string;
  readonly #code: string;

  constructor(operation: string, status: number, code: string, message: string, options?: ErrorOptions) {
    super(`${code} from ${operation}${status ? ` (${status})` : ""}: ${message}`, options);
    this.operation = operation;
    this.status = status;
    this.#code = code;
  }

  /** AWS's name for the error, such as `SlowDown` or `AccessDenied`; without an answer Node's, such as `ECONNRESET`. */
  override get code(): string {
    return this.#code;
  }
}

const THROTTLING =
  /^(SlowDown|Throttl.*|KmsThrottled|RequestThrottled.*|RequestTimeout|TooManyRequests.*|ProvisionedThroughputExceeded.*|RequestLimitExceeded|BandwidthLimitExceeded|InternalError|ServiceUnavailable)$/;

/** True if the same request may succeed a moment later. Without any answer, the connection may have broken. */
export function isTransient({ status, code }: AwsError): boolean {
  return status === 0 || status >= 500 || status === 429 || THROTTLING.test(code);
}

/** True where a caller that met the error may ask again after a while. */
export function mayPass(error: unknown): boolean {
  return error instanceof AwsError && isTransient(error);
}

/** True where the request was turned away before anything was done. */
export function isRefusal({ status, code }: AwsError): boolean {
  return status === 429 || code === "ECONNREFUSED" || code === "ENOTFOUND";
}

/** True if a conditional write was not made because its condition did not hold. */
export function isUnmetCondition({ status, code }: AwsError): boolean {
  // The 200 of a completed upload may have this error in its body.
  return status === 412 || code === "PreconditionFailed";
}

/**
 * True if a conditional write met another operation on its key and must be repeated, an upload in parts from its
 * beginning: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html (If-None-Match). Also
 * true if an upload is gone when it is completed: an earlier attempt, whose answer was lost, may have completed it.
 */
export function isConflict({ status, code, operation }: AwsError): boolean {
  const isGone = code === "NoSuchUpload" && operation === "s3 CompleteMultipartUpload";
  return status === 409 || code === "ConditionalRequestConflict" || isGone;
}
