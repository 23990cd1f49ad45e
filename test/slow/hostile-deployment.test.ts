import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { runCli } from "../helpers/cli.ts";
import { HOSTILE, lines, unseenIn } from "../helpers/hostile-text.ts";
import { resolvedJob } from "../helpers/kernels.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

/** Such of it as an XML document can have. */
const IN_XML = "a\u009b31m\u202ednah\u200b\u2028\nforged   line\u007f\u00ad";
const OUTPUTS = [
  ...["BucketName", "SplitterFunctionName", "WorkerFunctionName", "AggregatorFunctionName"],
  ...["ChunkQueueUrl", "ResultQueueUrl", "ChunkDeadLetterQueueUrl", "ResultDeadLetterQueueUrl"],
];
const { spec, ...job } = resolvedJob({ kernel: "mandelbrot" });
const stored = { ...job, spec: { ...spec, kernel: HOSTILE }, submittedAtMs: 1.7e12 };
const failure = {
  ...{ chunk: 0, final: true, attempt: 5, failedAtMs: 1.7e12, requestId: HOSTILE, attempts: 5 },
  ...{ error: HOSTILE, logStream: HOSTILE },
};
const summary = {
  ...{ version: 1, jobId: "j", state: "incomplete", spec: stored.spec, shape: [500, 500], elements: 250_000 },
  ...{ chunks: { total: 16, done: 15, failed: 1 }, sum: 1, min: 0, max: 1, nonFinite: 0, storedBytes: 1 },
  ...{ submittedAtMs: 1.7e12, makespanMs: 1, computeMs: 1, busyMs: 1, workers: 1, coldStarts: 0, speedUp: 1 },
  ...{ efficiency: 1, slowestChunk: null, failedAttempts: 5, unknownTimes: 0, clampedStarts: 0 },
  failures: [failure],
};
const objects: Readonly<Record<string, object>> = {
  "jobs/j/job.json": stored,
  "jobs/j/submitted.json": { version: 1, jobId: "j", chunks: 16, messages: 5, submittedAtMs: 1.7e12 },
  "jobs/j/summary.json": summary,
  [`jobs/j/reports/15-${"a".repeat(24)}.json`]: {},
  [`jobs/j/failures/1-${"b".repeat(24)}.json`]: {},
};

/** A deployment whose stack, bucket and jobs an attacker made. */
async function hostileDeployment(): Promise<Record<string, string>> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://localhost");
    const xml = (text: string) => response.setHeader("content-type", "text/xml").end(text);
    if (request.headers["x-amz-target"]) {
      return response.setHeader("content-type", "application/x-amz-json-1.0").end('{"Attributes":{}}');
    }
    if (url.pathname.startsWith("/2016-08-19") || url.pathname.startsWith("/2015-03-31")) {
      const mapping = { State: HOSTILE, EventSourceArn: HOSTILE };
      const body = { AccountLimit: { ConcurrentExecutions: 10 }, EventSourceMappings: [mapping] };
      return response.setHeader("content-type", "application/json").end(JSON.stringify(body));
    }
    if (request.method === "POST") {
      const named = OUTPUTS.map((name) => [
        name,
        name.endsWith("Url") ? `http://${request.headers.host}/1/q` : "b-b",
      ]);
      const others = ["StackVersion", "IdleCost", "Removal"].map((name) => [name, IN_XML]);
      const members = [...named, ...others, ["MaxConcurrency", "900"]].map(
        ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
      );
      return xml(
        `<R><DescribeStacksResult><Stacks><member><StackName>s</StackName><StackStatus>${IN_XML}</StackStatus><Outputs>${members.join("")}</Outputs></member></Stacks></DescribeStacksResult><GetCallerIdentityResult><Arn>${IN_XML}</Arn><Account>${IN_XML}</Account></GetCallerIdentityResult></R>`,
      );
    }
    const key = decodeURIComponent(url.pathname.slice("/b-b/".length));
    const object = objects[key];
    if (object) return response.end(JSON.stringify(object));
    if (url.searchParams.has("delimiter"))
      return xml(
        "<ListBucketResult><CommonPrefixes><Prefix>jobs/j/</Prefix></CommonPrefixes></ListBucketResult>",
      );
    if (url.searchParams.has("list-type")) {
      const keys = [...Object.keys(objects), `jobs/j/${IN_XML}`];
      const contents = keys
        .filter((each) => each.startsWith(url.searchParams.get("prefix") ?? ""))
        .map((each) => `<Contents><Key>${each}</Key><Size>9</Size></Contents>`);
      return xml(`<ListBucketResult>${contents.join("")}</ListBucketResult>`);
    }
    response.statusCode = key ? 404 : 403;
    return xml(`<Error><Code>AccessDenied</Code><Message>${IN_XML}</Message></Error>`);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    ...{
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: "eu-west-3",
    },
    ...{ AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret", AWS_PROFILE: "", AWS_SESSION_TOKEN: "" },
    ...{ AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" },
  };
}

test("what a stack, a bucket and its jobs are called steers no terminal and forges no line", async () => {
  const env = await hostileDeployment();
  const said: Record<string, string> = {};
  for (const args of [
    ["list", "--engine", "aws"],
    ["status", "j"],
    ["status", "j", "--json"],
    ["doctor"],
    ["attach", "j"],
    ["fetch", "j"],
  ]) {
    const { stdout, stderr } = await runCli(args, { env, cwd: temporaryFolder() });
    const text = stdout + stderr;
    expect({ args, unseen: unseenIn(text) }).toEqual({ args, unseen: [] });
    expect(lines(text).filter((line) => line.startsWith("forged"))).toEqual([]);
    expect(text).not.toMatch(/\n\s+at |TypeError/);
    said[args.join(" ")] = text;
  }
  // That they got so far shows that it would have been seen.
  expect(said["list --engine aws"]).toContain("\\x1b]0;title\\x07");
  expect(said["status j"]).toContain("\\u202ednah");
  expect(said.doctor).toContain("\\x9b31m");
  expect(said["attach j"]).toContain("\\x1b]0;title\\x07");
  expect(said["fetch j"]).toContain("\\u202e");
});
