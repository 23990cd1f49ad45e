/**
 * One job by workers of Node and of another language, of which one is killed midway: `node test/python/mixed-fleet.ts <command of a
 * worker>`. Every chunk's object must have the bytes that Node gives it. Then a job whose kernel is a file of Python, which workers of Node
 * hand on. Exit code 1 where a value is wrong.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kernels } from "../../client/kernels/loader.ts";
import { kernelMeant } from "../../client/kernels/meant-kernel.ts";
import { startBuiltCloud } from "../../client/local/built-cloud.ts";
import type { LocalCloud } from "../../client/local/local-cloud.ts";
import { settingsOf } from "../../client/local/pools.ts";
import { chunkValues } from "../../functions/worker/values.ts";
import { layoutOf } from "../../shared/array/layout.ts";
import { arraysOf } from "../../shared/array/spec.ts";
import { encodeChunk } from "../../shared/array/zarr-array.ts";
import { uploadKey } from "../../shared/kernels/uploads.ts";
import { chunkMessage } from "../../shared/messages/chunk-message.ts";
import { parseResultMessage } from "../../shared/messages/chunk-report.ts";
import { loadJob } from "../../shared/plan/resolve-job.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { Folder } from "../../shared/ports/file/folder.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { putJson } from "../../shared/ports/store.ts";
import { chunkKeys } from "../../shared/record/array-keys.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { ENV } from "../../shared/validation/env.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";
import { endOf } from "../helpers/first-of.ts";

const JOBS = [
  { kernel: "mandelbrot", size: 1000, chunk: [50, 50], codec: "zstd" },
  { kernel: "julia", inputs: { maxIterations: 300 }, points: [200, 300], chunk: [40, 70], codec: "none" },
  { kernel: "double-pendulum", inputs: { duration: 3 }, points: [60, 60], chunk: [10, 12], codec: "zstd" },
];
/** A killed worker's message comes again after this. */
const VISIBILITY_SECONDS = 5;
/** Reports after which one worker of each kind is killed. */
const KILL_AFTER = 6;
const SUM = 51214485;
/** Of henon.py, see docs/pool.md. */
const UPLOADED_SUM = 25305790;
/** A message that a worker lacks the kernel of is hidden for 30 to 60 times as long. */
const RETRY_AFTER_SECONDS = "0.05";
/** Two of each kind. */
const WORKERS = 4;

const folder = mkdtempSync(join(tmpdir(), "manyhands-mixed-"));
const { emulator } = await ensureBundles();
/** The connections on which workers have asked for a message. */
const asking = new Set<unknown>();
const { promise: allAsked, resolve: onAllAsked } = Promise.withResolvers<void>();
const cloud = await startBuiltCloud(
  emulator,
  { folder: new Folder({ "": folder }), visibilityTimeoutSeconds: VISIBILITY_SECONDS, maxReceiveCount: 5 },
  (asked, response, { routing }) => {
    if (asked.headers["x-amz-target"] === "AmazonSQS.ReceiveMessage") asking.add(asked.socket);
    if (asking.size === WORKERS) onAllAsked();
    routing(asked, response);
  },
  true,
);
const store = new FileStore({ "": folder });
const node = [process.execPath, join(import.meta.dirname, "../helpers/worker-at-a-queue.ts")];
const fleet = [node, node, process.argv.slice(2), process.argv.slice(2)].map((command) =>
  start(command, cloud),
);
try {
  await Promise.race([allAsked, ...fleet.map((worker) => endOf(worker, "each worker to ask for messages"))]);
  for (const [n, request] of JOBS.entries()) await run(request, `mixed-${n}`, n === 0);
  await runUploaded("mixed-python");
} finally {
  for (const worker of fleet) worker.kill("SIGKILL");
  await cloud.close();
  rmSync(folder, { recursive: true, force: true });
}

function start([program = "", ...rest]: readonly string[], { region, ...others }: LocalCloud): ChildProcess {
  const settings = settingsOf("worker", { region, ...others });
  const env = {
    ...process.env,
    ...settings,
    AWS_DEFAULT_REGION: region,
    [ENV.retryAfterSeconds]: RETRY_AFTER_SECONDS,
  };
  return spawn(program, rest, { env, stdio: "ignore" });
}

async function run(request: object, jobId: string, kills: boolean): Promise<void> {
  const { job, kernel } = await loadJob(request, jobId, kernels);
  const stored = { ...job, declaration: kernel.declaration, submittedAtMs: Date.now() };
  const { total } = layoutOf(job.spec);
  const { sum, names } = await summed(stored, 3, (reports) => {
    if (reports === KILL_AFTER && kills) for (const worker of [fleet[0], fleet[2]]) worker?.kill("SIGKILL");
  });
  let wrong = kills && sum !== SUM ? 1 : 0;
  const arrays = arraysOf(job.spec);
  for (let chunk = 0; chunk < total; chunk++) {
    const values = chunkValues(job.spec, chunk, kernel, kernel.compute);
    for (const [k, key] of chunkKeys(stored, chunk).entries()) {
      const found = (await store.get(key)) ?? Buffer.alloc(0);
      if (Buffer.compare(found, encodeChunk(arrays[k]!, chunk, values[k]!)) !== 0) wrong++;
    }
  }
  console.log(
    `${job.spec.kernel}: ${total} chunks by ${[...names].toSorted().join(" and ")}, ${wrong} of them wrong`,
  );
  if (wrong > 0 || names.size < 2) process.exitCode = 1;
}

/** What only workers of Python compute, with the file that the job brought along. */
async function runUploaded(jobId: string): Promise<void> {
  const file = join(import.meta.dirname, "../../examples/python-kernel/henon.py");
  const { kernel } = await kernelMeant(file);
  const code = readFileSync(file);
  const sha256 = createHash("sha256").update(code).digest("hex");
  await store.put(uploadKey(sha256), code);
  const { hash, declaration } = kernel;
  const { job } = await loadJob(
    { kernel: "henon", hash, points: [400, 400], chunk: [100, 100] },
    jobId,
    kernels,
  );
  const stored = { ...job, declaration, uploaded: { sha256 }, submittedAtMs: Date.now() };
  const { sum, names } = await summed(stored, 8, () => {});
  console.log(`henon: sum ${sum} by ${[...names].toSorted().join(" and ")}`);
  if (sum !== UPLOADED_SUM || names.has("node")) process.exitCode = 1;
}

/** Puts the job's messages into the queue, of `size` chunks each, and waits for the reports of all its chunks. */
async function summed(job: StoredJob, size: number, onReport: (reports: number) => void) {
  const { jobId, spec, submittedAtMs } = job;
  await putJson(store, jobKeys(jobId).job, job);
  const { total } = layoutOf(spec);
  for (let first = 0; first < total; first += size) {
    const chunks = Array.from({ length: Math.min(size, total - first) }, (_, k) => first + k);
    const MessageBody = chunkMessage({ jobId, ofJobMs: submittedAtMs, kernel: spec.hash }, chunks);
    await cloud.sqs("SendMessage", { QueueUrl: cloud.queues.chunks.url, MessageBody });
  }
  const sums = new Map<number, number>();
  const names = new Set<string>();
  let reports = 0;
  while (sums.size < total) {
    for (const body of await received()) {
      const report = parseResultMessage(body);
      if (report.kind !== "report" || report.jobId !== jobId) continue;
      for (const { chunk, sum } of report.chunks) sums.set(chunk, sum);
      names.add(report.worker.logStream.replace(/-.*/, ""));
      onReport(++reports);
    }
  }
  return { sum: [...sums.values()].reduce((all, each) => all + each, 0), names };
}

async function received(): Promise<string[]> {
  const { url: QueueUrl } = cloud.queues.results;
  const answer = await cloud.sqs<{ Messages?: { Body: string; ReceiptHandle: string }[] }>("ReceiveMessage", {
    ...{ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 },
  });
  const { Messages = [] } = answer;
  for (const { ReceiptHandle } of Messages) await cloud.sqs("DeleteMessage", { QueueUrl, ReceiptHandle });
  return Messages.map(({ Body }) => Body);
}
