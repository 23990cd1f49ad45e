import { ManyhandsError } from "../../shared/errors.ts";

/** The cloud could not be used as it is set up: a sentence with what to do, and exit code 2. */
export class CloudError extends ManyhandsError {
  override readonly name = "CloudError";
  readonly permanent = true;
}

/** What an error of the SDK may carry; `operation` is added by `clients.ts`. */
export interface AwsFault extends Error {
  readonly operation?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const NO_CREDENTIALS = new Set(["CredentialsProviderError", "TokenProviderError"]);
const BAD_CREDENTIALS = new Set([
  ...["ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"],
  ...["InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSignatureException", "AuthFailure"],
]);
const FORBIDDEN = new Set(["AccessDenied", "AccessDeniedException", "Forbidden", "UnauthorizedOperation"]);
const UNREACHABLE = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ECONNRESET",
  "ETIMEDOUT",
  "EHOSTUNREACH",
]);

/** An error of the SDK as a sentence that says what to do; anything else as it is. */
export function explain(error: unknown, place: string): unknown {
  if (!(error instanceof Error) || error instanceof ManyhandsError) return error;
  const { name, message, operation = "a request", code = "", $metadata } = error as AwsFault;
  const say = (sentence: string) => new CloudError(sentence, { cause: error });
  if (NO_CREDENTIALS.has(name)) {
    return say(
      "Expected AWS credentials, found none: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws configure`.",
    );
  }
  if (BAD_CREDENTIALS.has(name)) {
    return say(
      `Expected valid AWS credentials for ${place}, they were refused (${name}): ${message} Renew them, or check AWS_PROFILE.`,
    );
  }
  if (FORBIDDEN.has(name) || $metadata?.httpStatusCode === 403) {
    return say(`Expected permission for ${operation} in ${place}, it was refused: ${message}`);
  }
  if (UNREACHABLE.has(code)) {
    return say(
      `Expected ${place} to answer, got ${code}: check AWS_ENDPOINT_URL and the region; a local one is started by \`npm run localstack\`.`,
    );
  }
  return error;
}
