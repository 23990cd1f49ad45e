import { readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import type { Cost } from "../../shared/record/cost.ts";
import { runCli } from "../helpers/cli.ts";
import { deploymentServer, NO_AWS } from "../helpers/deployment-server.ts";
import { computeInto } from "../helpers/remote.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const MEMORY: Readonly<Record<string, number>> = { splitter: 1024, worker: 1769, aggregator: 1024 };
const done = (jobId: string) => `{"message":"message done","jobId":"${jobId}"}\n`;
const report = (id: string, ms: number, memoryMb: number) =>
  `REPORT RequestId: ${id}\tDuration: ${ms - 0.5} ms\tBilled Duration: ${ms} ms\tMemory Size: ${memoryMb} MB\tMax Memory Used: 90 MB\t\n`;

/** What each log group has: a page, then another. */
const PAGES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "/aws/lambda/splitter": [[done("there"), report("s", 400, 1024)], []],
  workers: [
    [`START RequestId: a\n`, done("there"), report("a", 1000, 1769), done("there")],
    [report("b", 500, 1769), done("another"), report("c", 9000, 1769)],
  ],
  "/aws/lambda/aggregator": [[report("d", 100, 1024)], [done("there"), report("e", 300, 1024)]],
};

/** Lambda, its logs and CloudWatch, as the SDK asks them. */
function watched(pages = PAGES, metrics: Readonly<Record<string, number>> = {}) {
  return (service: string, request: IncomingMessage, response: ServerResponse): boolean => {
    if (service === "lambda" && request.url?.endsWith("/configuration")) {
      const [, name = ""] = /functions\/(\w+)\//.exec(request.url) ?? [];
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({
          ...{ FunctionName: name, MemorySize: MEMORY[name], Architectures: ["arm64"] },
          ...(name === "worker" && { LoggingConfig: { LogGroup: "workers" } }),
        }),
      );
      return true;
    }
    if (service !== "logs" && service !== "monitoring") return false;
    void buffer(request).then((body) => {
      if (service === "monitoring") {
        response.setHeader("content-type", "application/x-amz-json-1.0");
        return response.end(JSON.stringify({ MetricDataResults: resultsOf(body, metrics) }));
      }
      const { logGroupName, nextToken } = JSON.parse(body.toString());
      const events = pages[logGroupName]?.[nextToken ? 1 : 0] ?? [];
      response.setHeader("content-type", "application/x-amz-json-1.1");
      response.end(
        JSON.stringify({
          events: events.map((message) => ({ logStreamName: "one", message })),
          ...(!nextToken && { nextToken: "more" }),
        }),
      );
    });
    return true;
  };
}

/** Half of a metric in each of two minutes, under the id that the client gave it. */
function resultsOf(body: Buffer, metrics: Readonly<Record<string, number>>): object[] {
  const { MetricDataQueries } = JSON.parse(body.toString()) as {
    MetricDataQueries: {
      Id: string;
      MetricStat: { Metric: { MetricName: string; Dimensions: { Value: string }[] } };
    }[];
  };
  return MetricDataQueries.map(({ Id, MetricStat: { Metric } }) => {
    const value = metrics[`${Metric.Dimensions[0]?.Value} ${Metric.MetricName}`];
    return { Id, Values: value === undefined ? [] : [value / 2, value / 2], StatusCode: "Complete" };
  });
}

async function costThere(instead: ReturnType<typeof watched>, ...more: string[]) {
  const { env, folder } = await deploymentServer({ instead });
  await computeInto(folder, "there");
  return runCli(["cost", "there", ...more], {
    cwd: temporaryFolder(),
    env: { ...env, XDG_DATA_HOME: "/nowhere" },
  });
}

test("a deployment's job costs what its functions' logs say, other jobs' invocations left out", async () => {
  const { code, stdout, stderr } = await costThere(watched(), "--json");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { cost, remarks, stack } = JSON.parse(stdout) as { cost: Cost; remarks: string[]; stack: string };
  expect([cost.basis, cost.region, cost.architecture, stack]).toEqual([
    "logged",
    "us-east-1",
    "arm64",
    "Manyhands",
  ]);
  const { splitter, worker, aggregator } = cost.byStage;
  expect(splitter).toMatchObject({ gbSeconds: 0.4, requests: { lambda: 1 } });
  // The first of them names this job, the second as well, on the next page of the log; the third names another.
  expect(worker.gbSeconds).toBeCloseTo((1769 / 1024) * 1.5, 9);
  expect([worker.requests.lambda, aggregator.requests.lambda]).toEqual([2, 2]);
  expect(aggregator.gbSeconds).toBeCloseTo(0.4, 9);
  expect(remarks[1]).toBe(
    "Other jobs ran meanwhile: 1 invocation of theirs left out, and 1 invocation that names no job counted here.",
  );
});

test("alone there, what CloudWatch counted of its bucket and of deliveries that came again counts", async () => {
  const alone = { ...PAGES, workers: [PAGES.workers![0]!, [report("b", 500, 1769)]] };
  const metrics = {
    ...{ "chunks NumberOfMessagesReceived": 12, "chunks NumberOfMessagesDeleted": 8 },
    ...{ "manyhands PutRequests": 1000, "manyhands ListRequests": 500, "manyhands GetRequests": 800 },
  };
  const formulas = JSON.parse((await costThere(watched(alone), "--json")).stdout).cost as Cost;
  const { stdout } = await costThere(watched(alone, metrics), "--json");
  const { cost, remarks } = JSON.parse(stdout) as { cost: Cost; remarks: string[] };
  expect(cost.requests).toEqual({
    ...formulas.requests,
    sqs: formulas.requests.sqs + 4,
    put: 1500,
    get: 800,
  });
  expect(remarks).toEqual([
    "Invocations are as the functions' logs say, S3's requests as CloudWatch counted them.",
    "4 messages came again.",
  ]);
});

test("what its functions used of their memory is the log's, of the invocations that are this job's", async () => {
  const used = (id: string, mb: number) => report(id, 100, 1769).replace("Used: 90 MB", `Used: ${mb} MB`);
  const pages = {
    ...PAGES,
    workers: [
      [done("there"), used("a", 101)],
      [done("another"), used("c", 900)],
    ],
  };
  const { env, folder } = await deploymentServer({ instead: watched(pages) });
  await computeInto(folder, "there");
  const { code, stdout } = await runCli(["memory", "there", "--engine", "aws", "--json"], { env });
  expect(code).toBe(0);
  const { stages, client, basis, sent } = JSON.parse(stdout);
  expect(stages).toMatchObject({
    splitter: { measuredMb: 90, processes: 1 },
    worker: { measuredMb: 101, processes: 1 },
    aggregator: { measuredMb: 90, processes: 1 },
  });
  expect([client, basis]).toEqual([null, expect.stringContaining("Max Memory Used")]);
  expect(sent.reports.count).toBeGreaterThan(0);
});

test("where the logs have nothing of it any more, its reports say what it cost", async () => {
  const { stdout, stderr } = await costThere(watched({}));
  expect(stdout).toMatch(/^there: 0\.\d+ USD reported, as arm64, \d+ MB, us-east-1, prices of 2026-09-19\n/);
  expect(stdout).toMatch(/^ +cost +GB-s +invocations .*\n(splitter|worker|aggregator) /m);
  expect(stderr).toBe("The functions' logs have nothing of this job any more: this is by its reports.\n");
});

test("a job here costs what its summary says, and one of a single process has no cost", async () => {
  const cwd = temporaryFolder();
  await computeInto(cwd, "job");
  const folder = join(cwd, "jobs/job");
  const without = await runCli(["cost", folder], { cwd, env: NO_AWS });
  expect(without).toMatchObject({ code: 0, stderr: "" });
  expect(without.stdout).toBe("job: Nothing is known of a cost: it ran in one process, or has not ended.\n");
  const { cost } = JSON.parse((await costThere(watched(), "--json")).stdout) as { cost: Cost };
  const path = join(folder, "summary.json");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), cost }));
  const found = await runCli(["cost", folder, "--json"], { cwd, env: NO_AWS });
  expect(JSON.parse(found.stdout)).toMatchObject({ jobId: "job", cost, remarks: [] });
  const status = await runCli(["status", folder], { cwd, env: NO_AWS });
  expect(status.stdout).toMatch(/^ +cost +0\.\d+ USD logged \(splitter \d+ %; worker/m);
});
