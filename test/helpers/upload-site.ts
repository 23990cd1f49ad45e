import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { headOf } from "../../shared/kernels/artifact.ts";
import { type Uploaded, uploadKey } from "../../shared/kernels/uploads.ts";
import { chunkMessage } from "../../shared/messages/chunk-message.ts";
import type { ReportMessage } from "../../shared/messages/chunk-report.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { putJson } from "../../shared/ports/store.ts";
import { chunkKeys } from "../../shared/record/array-keys.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { findShard } from "../../shared/record/shards.ts";
import { ENV, type UploadPolicy } from "../../shared/validation/env.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";
import { storedArray } from "./arrays.ts";
import { event, slotsOf } from "./deployed.ts";
import { emulatedCloud } from "./emulator.ts";

/** What a hand-made artifact says that no file of ours could: the text of a CommonJS module. */
export const handMade = (code: string, kind: "kernel" | "task" = "kernel") =>
  Buffer.from(`${headOf(kind)}\n${code}\n`);

/** The same around the body of a point, a function of `x`. */
export const handMadePoint = (body: string, before = "") =>
  handMade(`${before}
module.exports = { kind: "kernel", inputs: { x: { from: 0, to: 1 } }, value: { name: "y" }, point({ x }) { ${body} } };`);

/** A name for code that no builder has given one. */
export const NO_HASH = "0".repeat(64);

interface SiteOptions {
  readonly policy?: UploadPolicy;
  readonly timeoutMs?: number;
  readonly memoryMb?: number;
  /** What jobs with a limit are priced as; without it they are refused. */
  readonly standsFor?: string;
}

/** What a zip that was deployed without kernels has of them: made in that folder, and none that a test before has built. */
export async function withoutKernels(folder: string): Promise<string> {
  const bundles = await ensureBundles();
  const kernels = join(folder, "zip");
  mkdirSync(kernels);
  for (const name of ["host.js", "apart.js"])
    copyFileSync(join(bundles.slot, "../../kernels", name), join(kernels, name));
  return kernels;
}

/** A built splitter and a built worker, one environment each, beside an emulated cloud; kernels lie in its bucket alone. */
export async function uploadSite({ policy = "all", timeoutMs, memoryMb, standsFor }: SiteOptions = {}) {
  const { cloud, folder } = await emulatedCloud();
  const environment = {
    [ENV.kernelUploads]: policy,
    [ENV.kernelFiles]: await withoutKernels(folder),
    ...(standsFor !== undefined && { [ENV.standsFor]: standsFor }),
    ...(memoryMb !== undefined && { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: `${memoryMb}` }),
  };
  const splitter = await slotsOf("splitter", { cloud, folder }, environment);
  const worker = await slotsOf("worker", { cloud, folder }, environment, timeoutMs ? { timeoutMs } : {});
  const store = new FileStore({ "": folder });

  const take = async (QueueUrl: string): Promise<string | undefined> => {
    type Received = { Messages?: { Body: string; ReceiptHandle: string }[] };
    const { Messages: [message] = [] } = await cloud.sqs<Received>("ReceiveMessage", { QueueUrl });
    if (!message) return undefined;
    await cloud.sqs("DeleteMessage", { QueueUrl, ReceiptHandle: message.ReceiptHandle });
    return message.Body;
  };
  const all = async (url: string): Promise<string[]> => {
    const bodies: string[] = [];
    for (let body = await take(url); body !== undefined; body = await take(url)) bodies.push(body);
    return bodies;
  };

  /** The reports that wait, and what failed in which words. */
  const told = async () => {
    const reports = (await all(cloud.queues.results.url))
      .map((text) => JSON.parse(text))
      .filter(({ kind }) => kind === "report") as ReportMessage[];
    const errors = reports.flatMap(({ failures = [] }) => failures.map(({ error }) => error));
    return { reports, errors };
  };

  const upload = (code: Uint8Array, fast?: Uint8Array): Uploaded => {
    const put = (bytes: Uint8Array) => {
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const path = join(folder, uploadKey(sha256));
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, bytes);
      return sha256;
    };
    return { sha256: put(code), ...(fast && { fast: put(fast) }) };
  };
  return {
    ...{ folder, store, worker, splitter, upload },
    submit: (request: JobRequest) => splitter.invoke({ output: { plots: false }, ...request }),
    jobOf: async (jobId: string): Promise<StoredJob> =>
      JSON.parse(Buffer.from((await store.get(`jobs/${jobId}/job.json`))!).toString()),
    /** Has the worker take messages, until there are none; gives what they were, and what failed in which words. */
    work: async (most = Number.POSITIVE_INFINITY) => {
      const messages: string[] = [];
      while (messages.length < most) {
        const body = await take(cloud.queues.chunks.url);
        if (body === undefined) break;
        messages.push(body);
        await worker.invoke(event(body, cloud.queues.chunks.arn));
      }
      return { messages, ...(await told()) };
    },
    /** Has the worker compute chunks of a job that is put into the store as it is. */
    workOn: async (job: StoredJob, chunks: readonly number[]) => {
      await putJson(store, jobKeys(job.jobId).job, job);
      const body = chunkMessage({ ...job, kernel: job.spec.hash, ofJobMs: job.submittedAtMs }, chunks);
      await worker.invoke(event(body, cloud.queues.chunks.arn));
      return told();
    },
    hasChunk: async (jobId: string, chunk: number): Promise<boolean> => {
      const job = JSON.parse(Buffer.from((await store.get(jobKeys(jobId).job))!).toString());
      return (await store.get(chunkKeys(job, chunk)[0]!)) !== undefined;
    },
    /** The lines of a shard's results; undefined where it has none. */
    linesOf: async (jobId: string, shard: number) => {
      const job = JSON.parse(Buffer.from((await store.get(jobKeys(jobId).job))!).toString()) as StoredJob;
      return (await findShard(store, job, shard))?.shard.lines;
    },
    array: (jobId: string) => storedArray(store, jobId),
  };
}
