import {
  InvokeCommand,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { expect, test, vi } from "vitest";
import { checkEvent } from "../../client/cloud/check-event.ts";
import { CHECK_TURNS } from "../../functions/aggregator/check.ts";
import { deployedSite } from "../helpers/site.ts";

const site = deployedSite();
const patience = { timeout: 120_000, interval: 500 };

/** Whether the queue of chunks feeds the workers, and that this has come into effect. */
async function setWorkers(areThere: boolean) {
  const { lambda } = site.clients;
  const FunctionName = site.outputs.WorkerFunctionName;
  const { EventSourceMappings = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName }),
  );
  for (const { UUID } of EventSourceMappings)
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: areThere }));
  const state = areThere ? "Enabled" : "Disabled";
  await vi.waitUntil(async () => {
    const now = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName }));
    return now.EventSourceMappings?.every(({ State }) => State === state);
  }, patience);
}

async function waiting() {
  const { Attributes = {} } = await site.clients.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: site.outputs.ChunkQueueUrl,
      AttributeNames: ["ApproximateNumberOfMessages"],
    }),
  );
  return Number(Attributes.ApproximateNumberOfMessages);
}

test("a job whose workers' mapping is disabled is settled by no check, not even the last, and completes once it is enabled", async () => {
  await setWorkers(false);
  const submitted = await site.cli("submit", "--size", "100", "--chunk", "10x10", "--job-id", "later");
  expect(submitted.code).toBe(0);
  await vi.waitUntil(async () => (await waiting()) > 0, patience);
  const check = { jobId: "later", round: 0, turn: CHECK_TURNS - 1 };
  for (let times = 0; times < 3; times++) {
    const { FunctionError, Payload } = await site.clients.lambda.send(
      new InvokeCommand({
        FunctionName: site.outputs.AggregatorFunctionName,
        Payload: JSON.stringify(checkEvent(check, "us-east-1")),
      }),
    );
    expect(FunctionError).toBeUndefined();
    expect(JSON.parse(Payload?.transformToString() ?? "")).toMatchObject({
      ...{ finished: [], dropped: 0, batchItemFailures: [] },
    });
  }
  const status = await site.cli("status", "later", "--engine", "aws", "--json");
  expect(JSON.parse(status.stdout)).toMatchObject({
    ...{ state: "running", summary: null, chunks: { done: 0, failed: 0 } },
    queues: { chunks: { inFlight: 0 } },
  });
  // A minute after the submission, as SQS's counts may be that late.
  await vi.waitUntil(async () => {
    const { stdout } = await site.cli("status", "later", "--engine", "aws");
    return stdout.includes("later: running, nobody is working on this yet");
  }, patience);
  const { stdout: listed } = await site.cli("list", "--engine", "aws");
  expect(listed).toContain("running, nobody is working on this yet");
  await setWorkers(true);
  const attached = await site.cli("attach", "later", "--json");
  expect(JSON.parse(attached.stdout)).toMatchObject({ state: "complete", failedAttempts: 0 });
});
