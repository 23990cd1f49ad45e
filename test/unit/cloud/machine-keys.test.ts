/** Keys of a role expire: those of a profile are looked up again, and processes are told. */
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { NoCredentialsError } from "../../../client/cloud/credentials.ts";
import { MachineKeys } from "../../../client/cloud/machine-keys.ts";
import { NO_AWS } from "../../helpers/deployment-server.ts";
import { expiringKeys } from "../../helpers/expiring-keys.ts";

afterEach(() => vi.unstubAllEnvs());

function keysThatLast(ms: number, environment: Record<string, string> = {}): MachineKeys {
  const settings = { ...NO_AWS, ...expiringKeys(ms).env, AWS_REGION: "r", ...environment };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value || undefined);
  const keys = new MachineKeys();
  onTestFinished(() => keys.close());
  return keys;
}

test("keys that last are looked up once, and said with the region", async () => {
  const keys = keysThatLast(3_600_000);
  expect(await keys.environment()).toMatchObject({
    ...{
      AWS_REGION: "r",
      AWS_ACCESS_KEY_ID: "id1",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_SESSION_TOKEN: "token",
    },
  });
  expect(await keys.credentials()).toMatchObject({ accessKeyId: "id1" });
});

test("keys that are about to expire are looked up again, before they do", async () => {
  const keys = keysThatLast(60_000);
  expect((await keys.environment()).AWS_ACCESS_KEY_ID).toBe("id1");
  await expect.poll(async () => (await keys.credentials()).accessKeyId).not.toBe("id1");
});

test.each(["", "role"])("keys of the environment come first where AWS_PROFILE is %j", async (AWS_PROFILE) => {
  const own = { AWS_PROFILE, AWS_ACCESS_KEY_ID: "own", AWS_SECRET_ACCESS_KEY: "s" };
  const keys = keysThatLast(0, own);
  expect(await keys.credentials()).toEqual({
    accessKeyId: "own",
    secretAccessKey: "s",
    sessionToken: undefined,
  });
});

test("where there are none a sentence says so", async () => {
  const keys = keysThatLast(0, { AWS_PROFILE: "" });
  await expect(keys.environment()).rejects.toThrow(NoCredentialsError);
  const { AWS_REGION, AWS_ACCESS_KEY_ID } = await keys.environmentIfAny();
  expect({ AWS_REGION, AWS_ACCESS_KEY_ID }).toEqual({ AWS_REGION: "r", AWS_ACCESS_KEY_ID: undefined });
});

test("a profile that gives none is never taken for no settings at all", async () => {
  const keys = keysThatLast(-1000);
  await expect(keys.environmentIfAny()).rejects.toThrow(
    'Expected AWS credentials from profile "role", got none',
  );
});
