import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Finding } from "../../cli/commands/finding.ts";
import { kernelMeant } from "../../client/kernels/meant-kernel.ts";
import { buildToDeploy } from "../../shared/build/of-stages.ts";
import { runCli } from "../helpers/cli.ts";
import { type DeploymentServerOptions, deploymentServer } from "../helpers/deployment-server.ts";

/** What doctor says of a deployment, and which keys it leaves there. */
async function examined(options: DeploymentServerOptions = {}, ...files: readonly string[]) {
  const outputs = { Build: JSON.stringify(buildToDeploy()), ...options.outputs };
  const { env, folder, requests } = await deploymentServer({ ...options, outputs });
  const { code, stdout, stderr } = await runCli(["doctor", "--json", ...files], {
    env: { ...env, AWS_MAX_ATTEMPTS: "1" },
  });
  expect(stderr).toBe("");
  const findings: Finding[] = JSON.parse(stdout);
  const left = readdirSync(join(folder), { recursive: true }).filter((name) => /probe/.test(`${name}`));
  return { code, requests, left, of: (check: string) => findings.find((found) => found.check === check) };
}

test("a sound deployment is all well: its bucket was listed, read and written, its functions may be invoked", async () => {
  const { code, of, requests, left } = await examined();
  expect(code).toBe(0);
  expect(of("version")).toEqual({
    ...{ check: "version", state: "ok" },
    text: expect.stringContaining("of the same sources as here"),
  });
  expect(of("bucket")).toMatchObject({ state: "ok" });
  expect(of("functions")).toEqual({
    ...{ check: "functions", state: "ok", text: "splitter and aggregator may be invoked" },
  });
  const methods = requests.filter((line) => line.startsWith("s3")).map((line) => line.split(" ")[1]);
  expect(methods).toEqual(["GET", "GET", "PUT", "PUT", "DELETE"]);
  expect(left).toEqual([]);
});

test("a kernel's file is said to be deployed as it is here, or to be deployed again", async () => {
  const file = join(import.meta.dirname, "../../examples/kernels/black-scholes.ts");
  const { name, hash = "" } = (await kernelMeant(file)).kernel;
  const deployed = (kernels: object) =>
    examined({ outputs: { Build: JSON.stringify(buildToDeploy()), Kernels: JSON.stringify(kernels) } }, file);
  const same = await deployed({ [name]: hash });
  expect(same.of("kernels")).toMatchObject({
    ...{ state: "ok", text: expect.stringMatching(`${name} ${hash.slice(0, 8)}; ${name} as here$`) },
  });
  const older = await deployed({ [name]: "0123456789abcdef" });
  expect(older.code).toBe(0);
  expect(older.of("kernels")).toMatchObject({
    ...{ state: "warning", text: expect.stringContaining(`${name} 01234567; ${name} is another version`) },
    advice: expect.stringContaining(`kernels=${file}`),
  });
});

test.each([
  ["julia", 'Expected files to be files of kernels, got "julia".'],
  ["./absent.ts", "Expected the kernel's file to be one that can be read, got nothing at ./absent.ts."],
])("%s is no kernel's file: nothing is looked at", async (file, sentence) => {
  const { env, requests } = await deploymentServer();
  const { code, stdout, stderr } = await runCli(["doctor", file], { env });
  expect([code, stdout, requests]).toEqual([2, "", []]);
  expect(stderr).toContain(sentence);
});

test("a store without a stack is looked at alone: whether it can be listed, and written under conditions", async () => {
  const { env, folder, requests } = await deploymentServer();
  const { code, stdout } = await runCli(["doctor", "--json", "--store", "s3://manyhands"], { env });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual([
    {
      ...{ check: "store", state: "ok" },
      text: "s3://manyhands can be listed and written, the latter under conditions",
    },
  ]);
  expect(requests.filter((line) => !line.startsWith("s3"))).toEqual([]);
  expect(readdirSync(folder, { recursive: true }).filter((name) => /probe/.test(`${name}`))).toEqual([]);
});

test("such a store that passes over If-None-Match is a problem", async () => {
  const { env } = await deploymentServer({
    instead: (service, { headers }) => {
      if (service === "s3") delete headers["if-none-match"];
      return false;
    },
  });
  const asked = await runCli(["doctor", "--json", "--store", "s3://manyhands"], { env });
  expect(asked.code).toBe(2);
  expect(JSON.parse(asked.stdout)).toMatchObject([
    {
      ...{ check: "store", state: "problem", advice: expect.stringMatching(/two workers that disagree/) },
      text: expect.stringMatching(/\(If-None-Match: \*\), and let 9 of 9 writers of one key store$/),
    },
  ]);
});

test.each([
  [["--store", "jobs"], /^Expected --store to be a bucket, as in s3:\/\/jobs, got "jobs"/],
  [["--queue", "sqs+http://127.0.0.1:1"], /^Expected --store to be given with --queue/],
  [["--queue", "sqs://x", "--store", "s3://jobs"], /^Expected --redis to be a URL such as redis:/],
])("doctor %j is refused with a sentence", async (args, sentence) => {
  const { env } = await deploymentServer();
  const { code, stderr } = await runCli(["doctor", ...args], { env });
  expect(stderr).toMatch(sentence);
  expect(code).toBe(2);
});

test("a store that passes over If-None-Match, or does not know it, is a problem", async () => {
  const passing = await examined({
    instead: (service, { headers }) => {
      if (service === "s3") delete headers["if-none-match"];
      return false;
    },
  });
  expect(passing.code).toBe(2);
  expect(passing.of("bucket")).toMatchObject({
    ...{ state: "problem", advice: expect.stringMatching(/two workers that disagree/) },
    text: expect.stringMatching(/only where there is none \(If-None-Match: \*\), and passes over it$/),
  });
  expect(passing.left).toEqual([]);

  const refusing = await examined({
    instead: (service, { headers }, response) => {
      if (service !== "s3" || !headers["if-none-match"]) return false;
      response.writeHead(501).end("<Error><Code>NotImplemented</Code><Message>no</Message></Error>");
      return true;
    },
  });
  expect(refusing.of("bucket")?.text).toMatch(/and refuses it \(NotImplemented\)$/);
});

test("a client that may only read can run jobs, and is told what it cannot do", async () => {
  const { code, of } = await examined({
    instead: (service, { method }, response) => {
      if (service !== "s3" || method !== "PUT") return false;
      response.writeHead(403).end("<Error><Code>AccessDenied</Code><Message>no</Message></Error>");
      return true;
    },
  });
  expect(code).toBe(0);
  expect(of("bucket")).toMatchObject({
    ...{ state: "warning", text: "manyhands can be listed and read, and not be written" },
  });
});

test.each([
  [
    "bucket",
    "s3",
    "<Error><Code>NoSuchBucket</Code><Message>No such bucket.</Message></Error>",
    /NoSuchBucket: No such bucket\. CloudFormation does not make again what was removed beside it/,
  ],
  [
    "queues",
    "sqs",
    '{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"No such queue."}',
    /QueueDoesNotExist: No such queue\. CloudFormation/,
  ],
  ["functions", "lambda", '{"Message":"No such function."}', /ResourceNotFoundException/],
])(
  "%s that somebody removed are a finding, and no reason to stop looking",
  async (check, ofService, body, text) => {
    const { code, of } = await examined({
      instead: (service, _, response) => {
        if (service !== ofService) return false;
        const type = service === "lambda" ? { "x-amzn-errortype": "ResourceNotFoundException" } : {};
        response.writeHead(service === "sqs" ? 400 : 404, type).end(body);
        return true;
      },
    });
    expect(code).toBe(2);
    expect(of(check)).toMatchObject({ state: "problem", text: expect.stringMatching(text) });
    expect(of("dead letters")).toBeDefined();
  },
);
