import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { findCredentials, NoCredentialsError } from "../../../client/cloud/credentials.ts";
import { NO_AWS } from "../../helpers/deployment-server.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

const CONFIG = `
[profile sso]
sso_start_url = https://sign-in.test/start
sso_region = eu-west-3
sso_account_id = 1
sso_role_name = role
[profile session]
sso_session = mine
sso_account_id = 1
sso_role_name = role
[sso-session mine]
sso_start_url = https://sign-in.test/start
sso_region = eu-west-3
[profile fails]
credential_process = echo "vault is locked" >&2; exit 1
[profile no-json]
credential_process = echo hello
[profile mfa]
role_arn = arn:aws:iam::1:role/role
source_profile = base
mfa_serial = arn:aws:iam::1:mfa/me
[profile cycle]
role_arn = arn:aws:iam::1:role/role
source_profile = other
[profile other]
role_arn = arn:aws:iam::1:role/role
source_profile = cycle
[profile signed-out]
login_session = arn:aws:iam::1:user/me
[profile base]
aws_access_key_id = id
aws_secret_access_key = secret
`;

afterEach(() => vi.unstubAllEnvs());

function credentialsOf(profile: string, config = CONFIG) {
  const home = temporaryFolder();
  writeFileSync(join(home, "config"), config);
  const settings = { ...NO_AWS, HOME: home, AWS_CONFIG_FILE: join(home, "config"), AWS_PROFILE: profile };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value || undefined);
  const { credentials, destroy } = findCredentials({});
  onTestFinished(destroy);
  return credentials();
}

test.each([
  ["sso", /The SSO session .* is invalid\. .* `aws sso login --profile sso` signs in again\.$/],
  ["session", /The SSO session token .* not found or is invalid\. .* `aws sso login --profile session`/],
  ["fails", /Command failed: echo .* vault is locked\.$/],
  ["no-json", /credential_process returned invalid JSON\.$/],
  ["mfa", /requires multi-factor authentication, .* name a profile with a session that has one\.$/],
  ["cycle", /Detected a cycle .* for profile cycle\. Profiles visited: other, cycle\.$/],
  ["signed-out", /Failed to load token from .* `aws login --profile signed-out` signs in again\.$/],
  ["nope", /using profile: \[nope\] in .* `aws configure list-profiles` shows what there is\.$/],
])("profile %s gives no credentials: the SDK's own reason, and what to do", async (profile, reason) => {
  const error = await credentialsOf(profile).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(NoCredentialsError);
  const { message, cause } = error as NoCredentialsError;
  expect(message).toMatch(reason);
  expect(message.startsWith(`Expected AWS credentials from profile "${profile}", got none: `)).toBe(true);
  expect(cause).toBeInstanceOf(Error);
});

test("the default profile has its reason as well, where there is one", async () => {
  const config = CONFIG.replace("[profile fails]", "[default]");
  await expect(credentialsOf("", config)).rejects.toThrow(/from profile "default", got none: Command failed/);
  await expect(credentialsOf("")).rejects.toThrow(/^Expected AWS credentials, found none: set AWS_PROFILE/);
});

test("a profile that has credentials gives them", async () => {
  expect(await credentialsOf("base")).toMatchObject({ accessKeyId: "id", secretAccessKey: "secret" });
});
