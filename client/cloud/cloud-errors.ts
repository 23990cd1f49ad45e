import { START_LOCALSTACK } from "../../shared/build/commands.ts";
import { ManyhandsError } from "../../shared/validation/errors.ts";
import { PlaceError } from "../remote/place-error.ts";

/** The cloud cannot be used with the present settings: a sentence that says what to do, and exit code 2. */
export class CloudError extends PlaceError {
  override readonly name = "CloudError";
}

/** The fields that an error of the SDK may carry; `clients.ts` adds `operation`. */
export interface AwsFault extends Error {
  readonly operation?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  /** Present only if a service answered. */
  readonly $fault?: string;
  readonly $response?: unknown;
  /** Set by the SDK, and by `bodies.ts`. */
  readonly $retryable?: object;
}

const EXPIRED_CREDENTIALS = new Set(["ExpiredToken", "ExpiredTokenException"]);
const BAD_CREDENTIALS = new Set([
  ...EXPIRED_CREDENTIALS,
  ...["InvalidClientTokenId", "UnrecognizedClientException"],
  ...["InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSignatureException", "AuthFailure"],
]);
/** Node's error codes from before a server answers, TLS included. */
const UNREACHABLE =
  /^(E(CONN.*|NOTFOUND|AI_AGAIN|TIMEDOUT|HOSTUNREACH|NETUNREACH|PIPE|PROTO)|ERR_(TLS|SSL|PROXY)_.*|.*CERT.*)$/;
const THROTTLING = /^(SlowDown|Throttl.*|RequestThrottled.*|TooManyRequests.*|RequestTimeout)/;
const FORBIDDEN = new Set(["AccessDenied", "AccessDeniedException", "Forbidden", "UnauthorizedOperation"]);

/** A deployment's bucket, queue or function was removed without CloudFormation. */
const GONE = new Set([
  ...["NoSuchBucket", "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"],
  "ResourceNotFoundException",
]);

/** Turns an error of the SDK into a sentence that says what to do; returns any other error as it is. */
export function explain(error: unknown, place: string): unknown {
  if (!(error instanceof Error) || error instanceof ManyhandsError) return error;
  const { name, message, operation = "a request", code = "" } = error as AwsFault;
  const say = (sentence: string) => new CloudError(sentence, { cause: error });
  if (BAD_CREDENTIALS.has(name)) {
    return say(
      `Expected valid AWS credentials for ${place}, they were refused (${name}): ${message} Renew them, or check AWS_PROFILE.`,
    );
  }
  if (isForbidden(error)) {
    return say(`Expected permission for ${operation} in ${place}, it was refused: ${message}`);
  }
  if (GONE.has(name)) {
    return say(
      `Expected what the stack names to be there for ${operation} in ${place}, got ${name}: ${message} CloudFormation does not make again what was removed beside it: \`npx cdk destroy\`, then \`npx cdk deploy\` do.`,
    );
  }
  const reason = isUnreachable(code)
    ? code
    : name === "TimeoutError"
      ? "no answer in time"
      : isForeignAnswer(error)
        ? "an answer that is none of AWS's"
        : undefined;
  if (reason) {
    return say(
      `Expected ${place} to answer, got ${reason}: check AWS_ENDPOINT_URL, HTTPS_PROXY and the region; a local one is started by \`${START_LOCALSTACK}\`.`,
    );
  }
  return error;
}

/**
 * Whether the same request may succeed later, if one like it did before: after a network failure, trouble in the
 * service, a stalled answer, or expired credentials that their owner may renew meanwhile.
 */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, code = "", $metadata, $retryable } = error as AwsFault;
  const { httpStatusCode = 0 } = $metadata ?? {};
  return (
    isUnreachable(code) ||
    name === "TimeoutError" ||
    $retryable !== undefined ||
    httpStatusCode >= 500 ||
    THROTTLING.test(name) ||
    EXPIRED_CREDENTIALS.has(name) ||
    isForeignAnswer(error)
  );
}

export function isForbidden(error: unknown): boolean {
  const { name, $metadata } = error as AwsFault;
  return FORBIDDEN.has(name) || $metadata?.httpStatusCode === 403;
}

/** Other errors have codes of any type, numbers too. */
const isUnreachable = (code: unknown) => typeof code === "string" && UNREACHABLE.test(code);

/** The SDK could not parse the answer: a proxy's page, or a sign-in page of the network. */
const isForeignAnswer = ({ $fault, $response }: AwsFault) => $response !== undefined && $fault === undefined;
