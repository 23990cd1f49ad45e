import { ManyhandsError } from "../errors.ts";

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
  /^(SlowDown|Throttl.*|RequestThrottled.*|RequestTimeout|TooManyRequests.*|ProvisionedThroughputExceeded.*|RequestLimitExceeded|BandwidthLimitExceeded|InternalError|ServiceUnavailable)$/;

/** True where the same request may succeed a moment later. No answer at all may be a connection that broke. */
export function isTransient({ status, code }: AwsError): boolean {
  return status === 0 || status >= 500 || status === 429 || THROTTLING.test(code);
}

/** True where the request was turned away before anything was done. */
export function isRefusal({ status, code }: AwsError): boolean {
  return status === 429 || code === "ECONNREFUSED" || code === "ENOTFOUND";
}
