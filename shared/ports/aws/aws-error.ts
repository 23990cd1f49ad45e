import { ManyhandsError } from "../../validation/errors.ts";

/** What a service answered instead of doing as it was asked; another attempt may help. */
export class AwsError extends ManyhandsError {
  override readonly name = "AwsError";
  readonly permanent = false;
  /** AWS's name for it, such as `SlowDown` or `AccessDenied`; Node's, such as `ECONNRESET`, where there was no answer. */
  readonly code: string;
  /** 0 where there was no answer. */
  readonly status: number;
  /** Service and operation, such as `s3 PutObject`. */
  readonly operation: string;

  constructor(operation: string, status: number, code: string, message: string, options?: ErrorOptions) {
    super(`${code} from ${operation}${status ? ` (${status})` : ""}: ${message}`, options);
    this.operation = operation;
    this.status = status;
    this.code = code;
  }
}

const THROTTLING =
  /^(SlowDown|Throttl.*|KmsThrottled|RequestThrottled.*|RequestTimeout|TooManyRequests.*|ProvisionedThroughputExceeded.*|RequestLimitExceeded|BandwidthLimitExceeded|InternalError|ServiceUnavailable)$/;

/** True where the same request may succeed a moment later. No answer at all may be a connection that broke. */
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

/** True where a write that was to be made only under a condition was not made, as that did not hold. */
export function isUnmetCondition({ status, code }: AwsError): boolean {
  // A completed upload may say so in the body of a 200.
  return status === 412 || code === "PreconditionFailed";
}

/**
 * True where a write under a condition met another operation on its key, and is to be made again, an upload in parts from
 * its beginning: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html (If-None-Match). So is
 * an upload that is gone when it is completed: an earlier attempt, whose answer was lost, may have done that.
 */
export function isConflict({ status, code, operation }: AwsError): boolean {
  const isGone = code === "NoSuchUpload" && operation === "s3 CompleteMultipartUpload";
  return status === 409 || code === "ConditionalRequestConflict" || isGone;
}
