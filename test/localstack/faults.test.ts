import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from "@aws-sdk/client-lambda";
import { SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { zipSync } from "fflate";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mountsOf } from "../../client/engines/engine.ts";
import { tutorialAxis } from "../../shared/array/resolve-axis.ts";
import { STAGES } from "../../shared/build/bundling.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import type { Summary } from "../../shared/record/summary.ts";
import { ENV } from "../../shared/validation/env.ts";
import { storedArray, wholeArray } from "../helpers/arrays.ts";
import { misbehavingBundles } from "../helpers/run-engine.ts";
import { deployedSite } from "../helpers/site.ts";

const site = deployedSite({ args: ["-c", "maxConcurrency=4", "-c", "workerTimeoutSeconds=5"] });
let markers = "";

/** The deployed functions get the production handlers with kernels that misbehave, and need not wait long. */
beforeAll(async () => {
  markers = mkdtempSync(join(tmpdir(), "manyhands-markers-"));
  const bundles = await misbehavingBundles();
  const { lambda, sqs } = site.clients;
  for (const stage of STAGES) {
    const FunctionName = functionOf(stage);
    const folder = dirname(bundles[stage]);
    const files = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))] as const);
    const ZipFile = zipSync(Object.fromEntries(files));
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
    await updated(FunctionName);
  }
  const FunctionName = functionOf("worker");
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const Variables = { ...Environment?.Variables, [ENV.retryAfterSeconds]: "0", MARKERS: markers };
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  await updated(FunctionName);
  // Six times the timeout is what the stack waits after a worker died.
  await sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl: site.outputs.ChunkQueueUrl,
      Attributes: { VisibilityTimeout: "6" },
    }),
  );
});
afterAll(() => rmSync(markers, { recursive: true, force: true }));

function functionOf(stage: string): string {
  return site.outputs[`${stage[0]?.toUpperCase()}${stage.slice(1)}FunctionName`] ?? "";
}

async function updated(FunctionName: string): Promise<void> {
  const waiter = { client: site.clients.lambda, maxWaitTime: 60, minDelay: 0.1, maxDelay: 1 };
  await waitUntilFunctionUpdatedV2(waiter, { FunctionName });
}

/** A job of four chunks whose first one is in for it. */
async function jobWith(kernel: string): Promise<{ code: number | null; summary: Summary; text: string }> {
  const axes = [tutorialAxis(1.3, -1.3, 100), tutorialAxis(-2.13, 0.77, 100)];
  const request = { kernel, grid: { axes }, chunk: [25, 25], chunksPerMessage: 1, requestId: kernel };
  const { FunctionError } = await site.clients.lambda.send(
    new InvokeCommand({ FunctionName: functionOf("splitter"), Payload: JSON.stringify(request) }),
  );
  expect(FunctionError).toBeUndefined();
  const { code, stdout, stderr } = await site.cli("attach", kernel);
  const path = join(site.folder, "results", kernel, "summary.json");
  return { code, summary: JSON.parse(readFileSync(path, "utf8")) as Summary, text: stdout + stderr };
}

async function isWhole(jobId: string, { spec }: Summary): Promise<void> {
  const store = new FileStore(mountsOf(jobId, join(site.folder, "results", jobId)));
  expect(await storedArray(store, jobId)).toEqual(wholeArray({ spec: { ...spec, kernel: "mandelbrot" } }));
}

test("a chunk that fails once is computed the second time", async () => {
  const { code, summary } = await jobWith("throws-once");
  expect(code).toBe(0);
  expect(summary).toMatchObject({ state: "complete", failedAttempts: 1, sum: 509_274 });
  await isWhole("throws-once", summary);
});

test("a chunk that always fails ends as one failed chunk with its reason, and the job incomplete", async () => {
  const { code, summary, text } = await jobWith("poison");
  expect(code).toBe(3);
  expect(summary).toMatchObject({ state: "incomplete", chunks: { total: 4, done: 3, failed: 1 } });
  expect(summary.failures[0]).toMatchObject({ chunk: 0, attempts: 2, error: "Error: this chunk is poison" });
  // The log stream it names is there to be read.
  expect(summary.failures[0]?.logStream).toMatch(/^\d{4}\/\d{2}\/\d{2}\/\[/);
  expect(text).toMatch(/incomplete \(1 of 4 chunks failed\)/);
  expect(text).toContain("chunk 0: Error: this chunk is poison (2 attempts");
});

test("a worker that is killed in mid-chunk costs time only", async () => {
  const { code, summary } = await jobWith("dies-once");
  expect(code).toBe(0);
  await isWhole("dies-once", summary);
});

test("a worker that is killed at every attempt leaves a dead letter, which ends the job with that reason", async () => {
  const { code, summary } = await jobWith("always-dies");
  expect(code).toBe(3);
  expect(summary.failures).toMatchObject([{ chunk: 0, error: expect.stringContaining("killed") }]);
});

test("a worker that exceeds its timeout is ended, and the chunk computed by another", async () => {
  const { code, summary } = await jobWith("hangs-once");
  expect(code).toBe(0);
  await isWhole("hangs-once", summary);
  expect(readFileSync(join(markers, "hung"), "utf8")).toBe("");
});
