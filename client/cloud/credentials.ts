import type { STSClientConfig } from "@aws-sdk/client-sts";
import { LOCALSTACK_SETTINGS } from "../../shared/build/commands.ts";
import { quoted } from "../../shared/validation/command-line.ts";
import { show } from "../../shared/validation/parse.ts";
import { type AwsFault, CloudError } from "./cloud-errors.ts";
import { STSClient } from "./sdk.ts";
import { sdkWarnings } from "./sdk-warnings.ts";

/** There are no credentials; their owner may provide some while a command waits. */
export class NoCredentialsError extends CloudError {
  /** True with neither profile nor keys: perhaps AWS was never set up on this machine. */
  readonly isNothingSet: boolean;

  constructor(message: string, isNothingSet: boolean, options: ErrorOptions) {
    super(message, options);
    this.isNothingSet = isNothingSet;
  }
}

export type Credentials = STSClient["config"]["credentials"];

/**
 * The credentials of this machine's AWS settings, looked up once for all clients and again before they expire. Rejects
 * with NoCredentialsError, whose sentence has the SDK's own reason.
 */
export function findCredentials(settings: STSClientConfig): { credentials: Credentials; destroy(): void } {
  const reasons = new Reasons();
  // This client sends no request: it is here for its chain of providers. Providers that call other services (single
  // sign-on, roles) take `clientConfig` for that, and not these settings themselves.
  const chain = new STSClient({ ...settings, ...{ clientConfig: settings }, logger: reasons });
  const credentials: Credentials = async (options) => {
    try {
      return await chain.config.credentials(options);
    } catch (error) {
      throw isMissing(error) ? noCredentials(error, reasons.ofProfile) : error;
    }
  };
  return { credentials, destroy: () => chain.destroy() };
}

/**
 * Whether a provider, or the service it called, refused credentials. A network error or a missing region is another
 * fault.
 */
function isMissing(error: unknown): error is AwsFault {
  if (!(error instanceof Error)) return false;
  const { name, $fault } = error as AwsFault;
  return name === "CredentialsProviderError" || name === "TokenProviderError" || $fault !== undefined;
}

/** The SDK's message when every provider has passed: it has lost the reason. */
const NO_REASON = "Could not load credentials from any providers";
const UNKNOWN_PROFILE = "Could not resolve credentials using profile";

/**
 * Keeps the real reason. A provider that fails mostly lets the next one try, and its message is only in the SDK's log:
 * the first line after the one that names the profile's provider.
 */
class Reasons {
  ofProfile: string | undefined;
  #isNext = false;

  debug(line: unknown): void {
    const [, reason] = /^@smithy\/property-provider (?:->|\(!\)) (.*)$/s.exec(String(line)) ?? [];
    if (reason === undefined) {
      this.#isNext ||= String(line).endsWith("credential-provider-ini - fromIni");
    } else if (this.#isNext) {
      this.ofProfile = reason;
      this.#isNext = false;
    }
  }

  info(): void {}
  error(): void {}
  warn(...lines: unknown[]): void {
    sdkWarnings.tell?.(lines.map(String).join(" "));
  }
}

function noCredentials(error: AwsFault, ofProfile: string | undefined): NoCredentialsError {
  const { AWS_PROFILE } = process.env;
  const { name, message, $fault } = error;
  const said = $fault ? `${name}: ${message}` : message === NO_REASON ? ofProfile : message;
  if (!AWS_PROFILE && (said === undefined || said.startsWith(UNKNOWN_PROFILE))) {
    return new NoCredentialsError(
      `Expected AWS credentials, found none: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; ${LOCALSTACK_SETTINGS}.`,
      true,
      { cause: error },
    );
  }
  const profile = AWS_PROFILE || "default";
  const reason = (said ?? NO_REASON).replace(/\s+/g, " ").trim().replace(/[.]?$/, ".");
  return new NoCredentialsError(
    `Expected AWS credentials from profile ${show(profile)}, got none: ${[reason, ...remedy(reason, profile)].join(" ")}`,
    false,
    { cause: error },
  );
}

function remedy(reason: string, profile: string): string[] {
  const again = (command: string) => [`\`${command} --profile ${quoted(profile)}\` signs in again.`];
  if (/\bSSO\b/i.test(reason)) return again("aws sso login");
  if (/login/i.test(reason)) return again("aws login");
  if (/multi-factor/.test(reason))
    return ["Nobody is asked for a code here: name a profile with a session that has one."];
  if (reason.startsWith(UNKNOWN_PROFILE)) return ["`aws configure list-profiles` shows what there is."];
  return [];
}
