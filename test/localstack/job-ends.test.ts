import { join } from "node:path";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { App, CfnOutput } from "aws-cdk-lib";
import { SqsQueue } from "aws-cdk-lib/aws-events-targets";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { expect, test } from "vitest";
import cdkJson from "../../cdk.json" with { type: "json" };
import { ManyhandsStack } from "../../infra/manyhands-stack.ts";
import { STACK_NAME } from "../../shared/validation/env.ts";
import { readApiLog } from "../helpers/policy/api-log.ts";
import { deployedSite } from "../helpers/site.ts";

/** Our own stack, told to use the account's bus. One queue hears of every end, the other of those by cancellation. */
const site = deployedSite({
  app(folder) {
    const outdir = join(folder, "cdk.out");
    const app = new App({ outdir, context: cdkJson.context });
    const stack = new ManyhandsStack(app, STACK_NAME, { maxConcurrency: 4, eventBusName: "default" });
    for (const name of ["All", "Cancelled"]) {
      const queue = new Queue(stack, name);
      const detail = name === "All" ? {} : { state: ["cancelled"] };
      stack.fanOut.onJobEnd(`Of${name}`, { target: new SqsQueue(queue), eventPattern: { detail } });
      new CfnOutput(stack, `${name}Url`, { value: queue.queueUrl });
    }
    app.synth();
    return outdir;
  },
});

/**
 * The details of this many ends, as the rule sent them to its queue. An end is told at least once: again where a worker's last report
 * comes after it, say.
 */
async function heard(output: string, count: number): Promise<Record<string, unknown>[]> {
  const ends = new Map<string, Record<string, unknown>>();
  while (ends.size < count) {
    const { Messages = [] } = await site.clients.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: site.outputs[output],
        ...{ WaitTimeSeconds: 20, MaxNumberOfMessages: 10, VisibilityTimeout: 600 },
      }),
    );
    for (const { Body = "" } of Messages) {
      const { source, "detail-type": type, detail } = JSON.parse(Body);
      expect([source, type]).toEqual(["manyhands", "Job Ended"]);
      ends.set([detail.jobId, detail.round, detail.state].join(), detail);
    }
  }
  return [...ends.values()];
}

test("a rule hears of a job's end when the summary is there to be read", async () => {
  const run = await site.cli("run", "--engine", "aws", "--job-id", "first", "--json", "--size", "200");
  expect(run).toMatchObject({ code: 0 });
  const [detail] = await heard("AllUrl", 1);
  const { chunks, makespanMs, submittedAtMs } = JSON.parse(run.stdout);
  expect(detail).toEqual({
    ...{ version: 1, jobId: "first", state: "complete", tolerated: false, round: 0, kernel: "mandelbrot" },
    ...{ bucket: site.outputs.BucketName, summaryKey: "jobs/first/summary.json" },
    ...{ chunks, makespanMs, submittedAtMs },
  });
});

test("and one with a pattern of the ends that it asks for, of a job that is resumed each of its ends", async () => {
  // Some ten seconds of two cores: it is cancelled long before its end.
  const long = ["double-pendulum", "--points", "1000x1000", "--chunk", "50x50", "--chunks-per-message", "1"];
  expect(await site.cli("submit", ...long, "--no-plots", "--job-id", "second")).toMatchObject({ code: 0 });
  expect(await site.cli("cancel", "second", "--engine", "aws")).toMatchObject({ code: 0 });
  const [cancelled] = await heard("CancelledUrl", 1);
  expect(cancelled).toMatchObject({ jobId: "second", state: "cancelled", round: 0 });
  const resumed = await site.cli("resume", "second", "--engine", "aws");
  expect(resumed).toMatchObject({ code: 0 });
  const ends = await heard("AllUrl", 2);
  expect(ends.map(({ jobId, state }) => [jobId, state]).sort()).toEqual([
    ["second", "cancelled"],
    ["second", "complete"],
  ]);
});

test("it is the aggregator that tells the bus", () => {
  const { calls } = readApiLog(join(site.folder, "api.log"));
  const putters = calls.filter(({ operation }) => operation === "PutEvents");
  expect(putters.length).toBeGreaterThan(2);
  for (const { principal, status } of putters)
    expect([principal, status]).toEqual([expect.stringContaining("AggregatorRole"), 200]);
});
