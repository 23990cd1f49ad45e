import { expect, test } from "vitest";
import type { Call } from "../helpers/policy/call.ts";
import { denied, requestsOf } from "../helpers/policy/proof.ts";
import { sitePolicies } from "../helpers/policy/site-policies.ts";
import { deployedSite } from "../helpers/site.ts";

/** Four workers are the splitter's to start, two the mapping's. */
const site = deployedSite({ args: ["-c", "maxConcurrency=6", "-c", "burstConcurrency=4"] });

/** Four hundred messages, so that workers which are started late find some. */
const MANY = ["--size", "1000", "--chunk", "50x50", "--chunks-per-message", "1"];

test("the splitter starts workers, which take messages from the queue themselves, within their roles", async () => {
  const ended = await site.cli(
    "run",
    "--engine",
    "aws",
    "--json",
    ...MANY,
    "--ramp",
    "burst",
    "--job-id",
    "burst",
  );
  expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining("51214485") });

  const { calls, policies, stageOf } = await sitePolicies(site);
  const operationsOf = (stage: string, wanted: (call: Call) => boolean) =>
    calls.filter((call) => stageOf(call.principal) === stage && wanted(call));
  const claims = ({ parameters: { Key } }: Call) => /^drainers\/burst\/[^/.]+\.json$/.test(`${Key}`);
  const invocations = operationsOf("splitter", ({ operation }) => operation === "Invoke");
  expect(invocations.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
  expect(operationsOf("splitter", claims).map(({ operation }) => operation)).toContain("PutObject");
  expect(operationsOf("worker", ({ operation }) => operation === "ReceiveMessage")).not.toEqual([]);
  expect(operationsOf("worker", ({ operation }) => operation === "DeleteMessageBatch")).not.toEqual([]);

  const status = await site.cli("status", "burst", "--engine", "aws");
  expect(status.stdout).toMatch(/ramp +burst, 4 workers started by the splitter/);

  const requests = requestsOf(calls, policies, stageOf);
  expect(await denied(requests, policies, policies.grants)).toEqual([]);
});

test("a job that follows at once is done as well, whatever the claim of the one before leaves it", async () => {
  const ended = await site.cli("run", "--engine", "aws", "--json", "--ramp", "burst", "--job-id", "next");
  expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining("51214485") });
});
