import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import {
  GetEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import { mountsOf } from "../../client/engines/engine.ts";
import { tutorialAxis } from "../../shared/array/resolve-axis.ts";
import { parseResultMessage } from "../../shared/messages/chunk-report.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { install } from "../../tools/localstack/venv.ts";
import { storedArray } from "../helpers/arrays.ts";
import { runCli } from "../helpers/cli.ts";
import { deployedSite } from "../helpers/site.ts";

const run = promisify(execFile);
const PYTHON = join(import.meta.dirname, "../python");
const site = deployedSite({ args: ["-c", "maxConcurrency=8"] });
const inSite = (path: string) => join(site.folder, path);
const arrayIn = (folder: string, jobId: string) => storedArray(new FileStore(mountsOf(jobId, folder)), jobId);

test("deploying answers where it runs, what it is called, what it costs while idle and how it is removed", () => {
  const { Region, StackName, IdleCost, Removal, BucketName, MaxConcurrency } = site.outputs;
  expect([Region, StackName, MaxConcurrency]).toEqual(["us-east-1", "Manyhands", "8"]);
  expect(IdleCost).toContain("Storage");
  expect(Removal).toContain("npx cdk destroy");
  expect(Removal).toContain(BucketName);
});

test("doctor finds nothing to complain of", async () => {
  const { code, stdout } = await site.cli("doctor", "--json");
  expect(code).toBe(0);
  const findings = JSON.parse(stdout) as { check: string; state: string }[];
  expect(findings.map(({ check, state }) => `${check} ${state}`)).toEqual([
    ...["credentials ok", "stack ok", "version ok", "kernels ok", "bucket ok", "functions ok"],
    ...["concurrency ok", "event sources ok", "queues ok", "dead letters ok"],
  ]);
});

test.for([
  { size: "1000", iterations: "1000", sum: 51_214_485 },
  { size: "100", iterations: "1000", sum: 509_274 },
])(
  "run gives the tutorial's sum $sum, the bytes of engine serial, and an array that zarr opens",
  async (job) => {
    const { size, iterations, sum } = job;
    const options = ["--size", size, "--max-iterations", iterations, "--json"];
    const far = await site.cli(
      "run",
      "--engine",
      "aws",
      "--job-id",
      `size-${size}`,
      "--out",
      `far-${size}`,
      ...options,
    );
    expect(far).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(far.stdout)).toMatchObject({
      state: "complete",
      sum,
      reference: { matches: true },
      stack: "Manyhands",
    });
    const out = inSite(`near-${size}`);
    await runCli(["run", "--engine", "serial", "--job-id", "near", "--out", out, ...options]);
    expect(await arrayIn(inSite(`far-${size}`), `size-${size}`)).toEqual(await arrayIn(out, "near"));
    expect(readdirSync(inSite(`far-${size}`))).toEqual(
      expect.arrayContaining(["heatmap.png", "surface.png", "timeline.png"]),
    );
    const { stdout: python } = await run(join(PYTHON, "venv.sh"));
    const { stdout } = await run(python.trim(), [
      join(PYTHON, "sum.py"),
      inSite(`far-${size}/array/escape_time`),
    ]);
    expect(Number(stdout)).toBe(sum);
  },
);

test("a plain `aws lambda invoke` starts a job, which attach follows to its end", async () => {
  const axes = [tutorialAxis(1.3, -1.3, 300), tutorialAxis(-2.13, 0.77, 300)];
  const payload = {
    kernel: "mandelbrot",
    parameters: { maxIterations: 100 },
    grid: { axes },
    chunk: [75, 75],
    requestId: "by-aws",
  };
  const { python } = await install();
  await run(
    python,
    [
      ...["-m", "awscli", "lambda", "invoke", "--function-name", site.outputs.SplitterFunctionName ?? ""],
      ...["--payload", JSON.stringify(payload), "answer.json"],
    ],
    {
      cwd: site.folder,
      env: { ...process.env, ...site.localStack.environment },
    },
  );
  expect(JSON.parse(readFileSync(inSite("answer.json"), "utf8"))).toMatchObject({
    jobId: "by-aws",
    chunks: 4,
  });
  const { code, stdout } = await site.cli("attach", "by-aws", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ state: "complete", sum: 537_814 });
  expect(existsSync(inSite("results/by-aws/array/escape_time/c/0/0"))).toBe(true);
});

test("submit, status, list, fetch and delete lead through a job's life", async () => {
  const submitted = await site.cli("submit", "julia", "--points", "40x30", "--job-id", "life");
  expect(submitted).toMatchObject({ code: 0, stdout: "life\n" });
  expect((await site.cli("attach", "life", "--quiet")).code).toBe(0);
  const { stdout: status } = await site.cli("status", "life", "--engine", "aws");
  expect(status).toContain("life: complete");
  for (const answer of ["stack Manyhands in us-east-1", "none on this machine", "npm run destroy:localstack"])
    expect(status).toContain(answer);
  const { stdout: listed } = await site.cli("list", "--engine", "aws", "--json");
  expect((JSON.parse(listed) as { jobId: string }[])[0]).toMatchObject({
    jobId: "life",
    state: "complete",
    shape: [40, 30],
  });

  expect((await site.cli("fetch", "life", "--pictures", "--out", "pictures")).code).toBe(0);
  const fetched = readdirSync(inSite("pictures"));
  expect(fetched).toEqual(expect.arrayContaining(["heatmap.png", "surface.png", "timeline.png"]));
  expect(fetched.filter((name) => !name.endsWith(".png")).sort()).toEqual(["job.json", "summary.json"]);
  expect((await site.cli("fetch", "life", "--npy", "--out", "npy")).code).toBe(0);
  expect(readdirSync(inSite("npy")).sort()).toEqual(["job.json", "result.npy", "summary.json"]);

  const verified = await site.cli("verify", "life", "--engine", "aws");
  expect(verified).toMatchObject({
    ...{ code: 0, stderr: "" },
    stdout: expect.stringMatching(
      /^life in stack Manyhands in us-east-1 at .*: equal\n.*all 1 that are stored/,
    ),
  });
  const none = await site.cli("verify", "none", "--engine", "aws");
  expect(none).toMatchObject({ code: 2, stderr: expect.stringMatching(/^Expected job to be one of stack/) });

  const asked = await site.cli("delete", "life");
  expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining("--yes") });
  expect((await site.cli("delete", "life", "--yes")).code).toBe(0);
  const gone = await site.cli("status", "life", "--engine", "aws");
  expect(gone).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^Expected job to be one of .* got "life"/),
  });
});

test("reports that nobody could handle raise doctor's voice, and aggregate delivers them again", async () => {
  const { sqs, lambda } = site.clients;
  const { ResultQueueUrl: QueueUrl, ResultDeadLetterQueueUrl, AggregatorFunctionName } = site.outputs;
  const { EventSourceMappings = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName: AggregatorFunctionName }),
  );
  const mapping = EventSourceMappings.find(({ EventSourceArn }) =>
    QueueUrl?.endsWith(`/${EventSourceArn?.split(":").at(-1)}`),
  );
  const enable = (Enabled: boolean) =>
    lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping?.UUID, Enabled }));
  await enable(false);
  const find = new GetEventSourceMappingCommand({ UUID: mapping?.UUID });
  while ((await lambda.send(find)).State !== "Disabled") await setTimeout(200);
  await site.cli(
    "submit",
    "--size",
    "100",
    "--chunk",
    "25x25",
    "--chunks-per-message",
    "1",
    "--job-id",
    "dead",
  );
  // What SQS does after five receives, without waiting for them. A poller that was asking when its mapping was disabled
  // may have taken one more; the aggregator has handled that one then.
  let moved = 0;
  for (let empty = 0; moved === 0 || empty < 3; ) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 2, MaxNumberOfMessages: 10 }),
    );
    empty = Messages.length > 0 ? 0 : empty + 1;
    for (const { Body = "", ReceiptHandle } of Messages) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      if (parseResultMessage(Body).kind !== "report") continue;
      await sqs.send(new SendMessageCommand({ QueueUrl: ResultDeadLetterQueueUrl, MessageBody: Body }));
      moved++;
    }
  }
  await enable(true);
  const sick = await site.cli("doctor");
  expect(sick.code).toBe(2);
  expect(sick.stdout).toContain(`0 of chunks, ${moved} of reports`);
  expect(sick.stdout).toMatch(/✘ dead letters .*\n.*`manyhands aggregate <job>` delivers them again/);
  // The job's check may be on its way still.
  const says = async () => (await site.cli("status", "dead", "--engine", "aws")).stdout;
  await expect
    .poll(says, { timeout: 60_000 })
    .toContain("nothing is queued any more: `manyhands aggregate dead`");
  const { code, stdout } = await site.cli("aggregate", "dead");
  expect(stdout).toBe(
    `dead: complete, 4 of 4 chunks stored, 0 failed, after ${moved} message${moved === 1 ? "" : "s"} of dead reports were delivered again\n`,
  );
  expect(code).toBe(0);
  expect((await site.cli("doctor")).code).toBe(0);
});

test("in a region without the stack every command says so", async () => {
  const env = { ...site.localStack.environment, AWS_REGION: "eu-west-3" };
  for (const args of [
    ["list", "--engine", "aws"],
    ["status", "j", "--engine", "aws"],
    ["run", "--engine", "aws", "--out", inSite("elsewhere")],
  ]) {
    const { code, stderr } = await runCli(args, { cwd: site.folder, env });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Expected a stack named Manyhands in eu-west-3 at .*, found none: .*\n$/);
  }
});

test("the same id with another request is refused with a sentence, and so is a kernel nobody has", async () => {
  const again = await site.cli("submit", "--size", "101", "--job-id", "size-100");
  expect(again).toMatchObject({ code: 2, stdout: "" });
  expect(again.stderr).toMatch(
    /^(Planned: .*\n)?Submitting size-100 .*\nExpected job id size-100 to be unused .*\n$/,
  );
  const unknown = await site.cli("submit", "nobody");
  expect(unknown).toMatchObject({ code: 2, stdout: "" });
  expect(unknown.stderr).toMatch(/^Expected kernel to be one of .*\n$/);
});
