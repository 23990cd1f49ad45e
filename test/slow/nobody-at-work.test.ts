import { rmSync } from "node:fs";
import { join } from "node:path";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { list } from "../../cli/commands/list.ts";
import { status } from "../../cli/commands/status.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { deploymentServer } from "../helpers/deployment-server.ts";
import { computeInto } from "../helpers/remote.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** A deployment with a job of 25 chunks that was submitted an hour ago, and its messages: none was received. */
async function submitted() {
  const { env, folder } = await deploymentServer();
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  await computeInto(folder, "j", { chunk: "10x10" });
  const { reports, summary } = jobKeys("j");
  for (const key of [reports, summary]) rmSync(join(folder, key), { recursive: true });
  const sqs = new SQSClient({ region: "us-east-1", endpoint: env.AWS_ENDPOINT_URL });
  onTestFinished(() => sqs.destroy());
  const QueueUrl = "http://sqs.us-east-1.localhost.localstack.test:1/000000000000/chunks";
  await sqs.send(
    new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: "0", MessageBody: "a chunk message" }] }),
  );
  const now = Date.now;
  vi.spyOn(Date, "now").mockImplementation(() => now() + 3_600_000);
}

/** What the command prints. */
async function printed(command: () => Promise<number>): Promise<string> {
  let text = "";
  const write = vi.spyOn(process.stdout, "write").mockImplementation((part) => {
    text += part;
    return true;
  });
  await command();
  write.mockRestore();
  return text;
}

test("status and list say of a job whose messages no worker takes that nobody is working on it yet, in words and JSON", async () => {
  await submitted();
  const place = { engine: "aws", stack: "Manyhands" };
  const told = await printed(() => status("j", place));
  expect(told).toContain("j: running, nobody is working on this yet");
  expect(told).toContain("1 message waits, 0 in work");
  const asJson = await printed(() => status("j", { ...place, json: true }));
  expect(JSON.parse(asJson)).toMatchObject({ state: "running", isUnattended: true });
  expect(await printed(() => list({ ...place, limit: "9" }))).toContain(
    "running, nobody is working on this yet",
  );
  const rows = await printed(() => list({ ...place, limit: "9", json: true }));
  expect(JSON.parse(rows)).toMatchObject([{ jobId: "j", isUnattended: true }]);
});
