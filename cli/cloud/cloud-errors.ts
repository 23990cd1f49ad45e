import { ManyhandsError } from "../../shared/errors.ts";
import { show } from "../../shared/parse.ts";

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
/** Node's names for what goes wrong before anybody answers, TLS included. */
const UNREACHABLE =
  /^(E(CONN.*|NOTFOUND|AI_AGAIN|TIMEDOUT|HOSTUNREACH|NETUNREACH|PIPE|PROTO)|ERR_(TLS|SSL)_.*|.*CERT.*)$/;
const FORBIDDEN = new Set(["AccessDenied", "AccessDeniedException", "Forbidden", "UnauthorizedOperation"]);

/** An error of the SDK as a sentence that says what to do; anything else as it is. */
export function explain(error: unknown, place: string): unknown {
  if (!(error instanceof Error) || error instanceof ManyhandsError) return error;
  const { name, message, operation = "a request", code = "", $metadata } = error as AwsFault;
  const say = (sentence: string) => new CloudError(sentence, { cause: error });
  if (NO_CREDENTIALS.has(name)) {
    const { AWS_PROFILE } = process.env;
    const profile = AWS_PROFILE ? ` (AWS_PROFILE is ${show(AWS_PROFILE)})` : "";
    return say(
      `Expected AWS credentials, found none${profile}: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; for LocalStack, what \`npm run localstack\` printed.`,
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
  const reason = UNREACHABLE.test(code) ? code : name === "TimeoutError" ? "no answer in time" : undefined;
  if (reason) {
    return say(
      `Expected ${place} to answer, got ${reason}: check AWS_ENDPOINT_URL and the region; a local one is started by \`npm run localstack\`.`,
    );
  }
  return error;
}
