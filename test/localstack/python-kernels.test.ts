import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { chunkMessage } from "../../shared/messages/chunk-message.ts";
import { denied, requestsOf, unused } from "../helpers/policy/proof.ts";
import { sitePolicies } from "../helpers/policy/site-policies.ts";
import { deployedSite } from "../helpers/site.ts";

const ROOT = join(import.meta.dirname, "../..");
const FILE = `import time

from manyhands import Kernel, Number, Value


def fill(window, out, tools):
    time.sleep(window["seconds"])
    if window["broken"] and window["strike"].max() >= window["broken"]:
        raise ValueError("no such strike")
    out[...] = window["strike"] * (1 - window["rate"])


kernel = Kernel(
    inputs={
        "rate": Number("interest rate", start=0, stop=0.1),
        "strike": Number("strike", unit="EUR", start=80, stop=120),
        "seconds": Number("what a call takes", unit="s", default=0, minimum=0),
        "broken": Number("the strike that raises", default=0),
    },
    values={"price": Value("price", unit="EUR")},
    fill=fill,
)
`;
/** The line of the user's file that raises. */
const LINE = FILE.split("\n").findIndex((line) => line.includes("raise")) + 1;

const folder = mkdtempSync(join(tmpdir(), "manyhands python $kernels-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const mine = join(folder, "mine.py");
writeFileSync(mine, FILE);

/** As a user has it: the interpreter that packs is also the one that runs functions of Python on this LocalStack. */
beforeAll(() => {
  const env = { ...process.env, VENV: join(ROOT, "test/python/.venv-worker") };
  const venv = join(ROOT, "test/python/venv.sh");
  const python = execFileSync("sh", [venv, "worker-requirements.txt"], { env, encoding: "utf8" }).trim();
  vi.stubEnv("VIRTUAL_ENV", dirname(dirname(python)));
  vi.stubEnv("PYTHONPATH", join(ROOT, "workers/python/src"));
});
afterAll(() => vi.unstubAllEnvs());

const site = deployedSite({ args: ["-c", "maxConcurrency=4", "-c", `pythonKernels=${mine}`] });
const JOB = [mine, "--points", "8x10", "--chunk", "4x5", "--chunks-per-message", "1"];

async function json(...args: string[]) {
  const { stdout, stderr, code } = await site.cli(...args, "--json");
  expect(stderr).not.toMatch(/Expected/);
  return { ...JSON.parse(stdout), code };
}

async function keysOf(below: string): Promise<string[]> {
  const where = { Bucket: site.outputs.BucketName, Prefix: `jobs/${below}` };
  const { Contents = [] } = await site.clients.s3.send(new ListObjectsV2Command(where));
  return Contents.map(({ Key = "" }) => Key);
}

test("the worker's zip has this repository's worker, the file, and packages for arm64 alone", () => {
  const template = JSON.parse(readFileSync(join(site.folder, "cdk.out/Manyhands.template.json"), "utf8"));
  const { S3Key } = template.Resources[template.Outputs.PythonWorkerFunctionName.Value.Ref].Properties.Code;
  const zip = join(site.folder, "cdk.out", `asset.${S3Key.replace(".zip", "")}`);
  expect(readFileSync(join(zip, "kernels/mine.py"), "utf8")).toBe(FILE);
  const worker = "manyhands/work.py";
  expect(readFileSync(join(zip, worker), "utf8")).toBe(
    readFileSync(join(ROOT, "workers/python/src", worker), "utf8"),
  );
  const libraries = readdirSync(zip, { recursive: true, encoding: "utf8" }).filter((path) =>
    /\.so(\.|$)/.test(path),
  );
  expect(libraries.length).toBeGreaterThan(10);
  // Bytes 18 and 19 of an ELF file's header: 183 is AArch64.
  const machines = libraries.map((path) => readFileSync(join(zip, path)).readUInt16LE(18));
  expect(new Set(machines)).toEqual(new Set([183]));
});

test("run gives the values of each cell, computed by workers of Python", async () => {
  const run = await json("run", ...JOB, "--engine", "aws", "--job-id", "prices", "--out", "prices");
  expect(run).toMatchObject({ code: 0, state: "complete", chunks: { total: 4, done: 4 } });
  const { stdout } = await site.cli("table", "prices");
  const cells = stdout
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",").map(Number));
  expect(cells).toHaveLength(80);
  for (const [rate = 0, strike = 0, price] of cells) expect(price).toBe(strike * (1 - rate));
  expect(new Set(cells.map(([, , price]) => price)).size).toBeGreaterThan(70);
});

test("a cell that raises fails its chunks, with the sentence and the line of the file", async () => {
  const run = await site.cli(
    "run",
    ...JOB,
    "--broken",
    "100",
    "--engine",
    "aws",
    "--job-id",
    "raises",
    "--out",
    "raises",
  );
  expect(run.code).toBe(3);
  const { summary } = await json("status", "raises", "--engine", "aws");
  expect(summary.chunks).toMatchObject({ done: 2, failed: 2 });
  const reasons = summary.failures.map(({ error }: { error: string }) => error);
  expect(new Set(reasons)).toEqual(
    new Set([expect.stringContaining(`ValueError: no such strike (mine.py:${LINE})`)]),
  );
});

test("cancel stops a job of theirs and resume computes the rest; the aggregator reads their dead letters meanwhile", async () => {
  const slow = [mine, "--points", "8x10", "--chunk", "1x1", "--chunks-per-message", "1", "--seconds", "1.5"];
  expect(await site.cli("submit", ...slow, "--job-id", "stopped")).toMatchObject({ code: 0 });
  // As if the last one's message had used up its deliveries: it waits for its turn.
  const QueueUrl = site.outputs.PythonChunkDeadLetterQueueUrl;
  const MessageBody = chunkMessage({ jobId: "stopped" }, [79]);
  await site.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  while ((await keysOf("stopped/array/price/c/")).length < 2) await sleep(100);
  while ((await keysOf("stopped/failures/")).length === 0) await sleep(100);
  const cancelled = await json("cancel", "stopped");
  expect(cancelled).toMatchObject({ state: "cancelled", code: 0 });
  expect(cancelled.chunks.done).toBeLessThan(80);
  expect(await json("resume", "stopped", "--engine", "aws")).toMatchObject({
    ...{ state: "complete", code: 0 },
    chunks: { total: 80, done: 80, failed: 0 },
  });
});

test("a limit is refused, and so is a file that was not deployed, before anything is stored", async () => {
  const limited = await site.cli("submit", ...JOB, "--max-usd", "1", "--job-id", "limited");
  expect(limited).toMatchObject({ code: 2, stdout: "" });
  expect(limited.stderr).toMatch(
    /^Expected --max-usd to be left out for mine: workers of Python keep no accounts/m,
  );
  const other = join(folder, "other.py");
  writeFileSync(other, FILE.replace("1 - ", "2 - "));
  const refused = await site.cli("submit", other, "--points", "4x4", "--job-id", "other");
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toMatch(/kernelUploads is "wasm", because Python is no sandbox.*-c pythonKernels=/);
  expect([await keysOf("limited/"), await keysOf("other/")]).toEqual([[], []]);
});

test("doctor knows the file and the mappings, and cost finds the workers' invocations in their log", async () => {
  const { stdout } = await site.cli("doctor", "--json", mine);
  const findings = JSON.parse(stdout) as { check: string; text: string }[];
  const text = (name: string) => findings.find(({ check }) => check === name)?.text;
  expect(text("kernels")).toMatch(/and of files mine \w{8}; mine as here$/);
  expect(text("event sources")).toBe("5 mappings from queues enabled");
  const cost = await json("cost", "prices", "--engine", "aws");
  expect(cost.cost ?? cost).toMatchObject({ basis: "logged" });
});

test("each call of the worker is allowed by its role, and each of its grants is needed", async () => {
  // Junk is stored as rejected, and a message of a newer version is handed back.
  const QueueUrl = site.outputs.PythonChunkQueueUrl;
  for (const MessageBody of ["junk", '{"version":99}'])
    await site.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  // As the Node worker's proof, with the Python worker in its place.
  const look = () => sitePolicies(site, { worker: "PythonWorkerFunctionName" });
  let { policies, calls, stageOf } = await look();
  const isDone = () =>
    ["ChangeMessageVisibility", "rejected/"].every((what) =>
      calls.some((call) => stageOf(call.principal) === "worker" && JSON.stringify(call).includes(what)),
    );
  while (!isDone()) {
    await sleep(200);
    ({ policies, calls, stageOf } = await look());
  }
  const requests = requestsOf(calls, policies, stageOf).filter(({ stage }) => stage === "worker");
  expect(await denied(requests, policies, policies.grants)).toEqual([]);
  const grants = { splitter: [], worker: policies.grants.worker, aggregator: [] };
  expect(await unused(requests, policies, grants)).toEqual([]);
});
