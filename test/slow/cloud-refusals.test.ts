import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { runCli, startCli } from "../helpers/cli.ts";
import { NO_AWS } from "../helpers/deployment-server.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const REGION = { ...NO_AWS, AWS_REGION: "eu-west-3" };
const KEYS = { ...REGION, AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" };

/** Answers every request as an AWS service with the query protocol refuses. */
async function refusing(status: number, code: string, message: string): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(status, { "content-type": "text/xml" });
    response.end(
      `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    );
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const COMMANDS = [["list", "--engine", "aws"], ["run", "--engine", "aws", "--size", "10"], ["doctor"]];

async function expectRefused(env: Record<string, string>, sentence: RegExp): Promise<void> {
  for (const args of COMMANDS) {
    const cwd = temporaryFolder();
    const { code, stdout, stderr } = await runCli(args, { cwd, env });
    expect(readdirSync(cwd, { recursive: true })).toEqual([]);
    const said = args[0] === "doctor" ? stdout.replace(/^.*✔.*\n/gm, "").replace(/^✘ \w+ +/, "") : stderr;
    expect(said).toMatch(sentence);
    expect(said.trimEnd().split("\n")).toHaveLength(1);
    expect(code).toBe(2);
  }
}

test("no region", () =>
  expectRefused({ ...KEYS, AWS_REGION: "" }, /^Expected an AWS region, found none: set AWS_REGION/));

test("no credentials", () => expectRefused(NO_AWS, /^Expected AWS credentials, found none: set AWS_PROFILE/));

test("credentials that are no longer valid", async () => {
  const endpoint = await refusing(
    403,
    "ExpiredToken",
    "The security token included in the request is expired",
  );
  await expectRefused(
    { ...KEYS, AWS_ENDPOINT_URL: endpoint },
    /^Expected valid AWS credentials for eu-west-3 at http.*, they were refused \(ExpiredToken\): .* is expired/,
  );
});

test("no permission, and for what", async () => {
  const endpoint = await refusing(403, "AccessDenied", "User: me is not authorized to perform: that");
  await expectRefused(
    { ...KEYS, AWS_ENDPOINT_URL: endpoint },
    /^Expected permission for (CloudFormation DescribeStacks|STS GetCallerIdentity) in eu-west-3 at http.*, it was refused: User: me/,
  );
});

test("no such stack", async () => {
  const endpoint = await refusing(400, "ValidationError", "Stack with id Manyhands does not exist");
  const { code, stderr } = await runCli(["list", "--engine", "aws"], {
    env: { ...KEYS, AWS_ENDPOINT_URL: endpoint },
  });
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^Expected a stack named Manyhands in eu-west-3 at .*: deploy it with `npm run deploy:localstack`/,
  );
});

test("an endpoint where nobody answers", async () => {
  const closed = createServer();
  await once(closed.listen(0, "127.0.0.1"), "listening");
  const { port } = closed.address() as AddressInfo;
  closed.close();
  await once(closed, "close");
  await expectRefused(
    { ...KEYS, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` },
    /^Expected eu-west-3 at http.* to answer, got ECONNREFUSED: .*npm run localstack/,
  );
});

test("an address that is none, and a region that is none", async () => {
  for (const endpoint of ["localhost:4566", "foo"]) {
    await expectRefused(
      { ...KEYS, AWS_ENDPOINT_URL: endpoint },
      /^Expected AWS_ENDPOINT_URL to be an address such as/,
    );
  }
  await expectRefused(
    { ...KEYS, AWS_REGION: "us_east" },
    /^Expected an AWS region, got "us_east": set AWS_REGION/,
  );
});

test("a password in an address is told to nobody, whatever is wrong with it", async () => {
  for (const endpoint of ["http://user:pass-word@127.0.0.1:1", "user:pass-word@127.0.0.1:1"]) {
    const env = { ...KEYS, AWS_ENDPOINT_URL: endpoint, MANYHANDS_DEBUG: "1" };
    const said = await Promise.all(
      [
        ["list", "--engine", "aws"],
        ["doctor", "--json"],
      ].map((args) => runCli(args, { env })),
    );
    for (const { code, stdout, stderr } of said) {
      expect(code).toBe(2);
      expect(stdout + stderr).toMatch(/Expected .*127\.0\.0\.1:1/);
      expect(stdout + stderr).not.toMatch(/pass-word/);
    }
  }
});

test("a profile that is not there is what is wrong, not that it has no region; the cause is for whoever debugs", async () => {
  const env = { ...NO_AWS, AWS_PROFILE: "nope" };
  const sentence = /^Expected AWS credentials from profile "nope", got none: Could not resolve .*\n/;
  await expectRefused(env, sentence);
  const { stderr } = await runCli(["list", "--engine", "aws"], { env: { ...env, MANYHANDS_DEBUG: "1" } });
  expect(stderr).toMatch(sentence);
  expect(stderr).toMatch(/^Caused by: CredentialsProviderError: /m);
});

test("Ctrl-C does not wait for a service that never answers", async () => {
  const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>();
  const server = createServer(() => onAsked());
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const env = { ...KEYS, AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  const { child, ended } = startCli(["run", "--engine", "aws"], { cwd: temporaryFolder(), env });
  await asked;
  // Twice at once, as a terminal and a parent process may send it.
  child.kill("SIGINT");
  child.kill("SIGINT");
  expect(await ended).toEqual({ code: 130, stdout: "", stderr: "Nothing was submitted.\n" });
});
