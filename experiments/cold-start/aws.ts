/**
 * The cells on a deployment. Its worker is changed meanwhile and put back: take a deployment of its own, with the queue's
 * mapping idle. A start is that of a version that was just published, then two events; a burst shows the starts of many at once.
 */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { type Cloud, withCloud } from "../../client/cloud/cloud.ts";
import type { PlatformReport } from "../../client/cloud/report-lines.ts";
import { uploadKey } from "../../shared/kernels/uploads.ts";
import { chunkMessage } from "../../shared/messages/chunk-message.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { jsonBytes } from "../../shared/ports/store.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { findChunk } from "../../shared/record/stored-chunk.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";
import { inTemporaryFolder } from "../measuring/temporary.ts";
import { eventOf } from "../throttled-slot/worker.ts";
import { removeOnceEnded, startBurst } from "./aws-burst.ts";
import { type ChangedFunction, withChangedFunction } from "./aws-function.ts";
import { CELLS, type Cell, inBlocks } from "./cells.ts";
import { type Jobs, jobsOf, makeKernelFolder } from "./jobs.ts";
import { buildVariants } from "./variants/build.ts";

/** What Lambda's reports say (ms); `initMs` is absent where an environment was warm, `restoreMs` without SnapStart. */
interface AwsStart {
  readonly cell: number;
  readonly block: number;
  readonly first: PlatformReport;
  readonly second: PlatformReport;
}

export interface Aws {
  readonly place: string;
  readonly starts: readonly AwsStart[];
  /** First invocations of a burst's workers, which may work several messages each. */
  readonly burst: readonly PlatformReport[];
}

export interface AwsOptions {
  readonly blocks?: number;
  /** Indices of CELLS. */
  readonly cells?: readonly number[];
  /** The memory (MB) of each burst. */
  readonly bursts?: readonly number[];
}

/** What Lambda has not: a slot's memory told otherwise, and code that was compiled earlier. */
const ONLY_HERE = ["rehearsed whatever the memory", "compiled code kept"];
const AWS_CELLS = [...CELLS.keys()].filter((cell) => !ONLY_HERE.includes(CELLS[cell]!.bundle));
const SEED = 18;

/** 20 starts a cell take about two hours. */
export function measureOnAws(stack: string, options: AwsOptions = {}): Promise<Aws> {
  const { blocks = 20, cells = AWS_CELLS, bursts = [512, 1769] } = options;
  return withCloud(stack, (cloud) =>
    inTemporaryFolder((folder) =>
      withChangedFunction(cloud.clients.lambda, cloud.deployment.worker, async (worker) => {
        const starts = await startAll(cloud, worker, folder, inBlocks(cells, blocks, SEED));
        const burst: PlatformReport[] = [];
        for (const memoryMb of bursts) {
          await worker.useMemory(memoryMb);
          burst.push(...(await startBurst(cloud)));
        }
        return { place: cloud.clients.place, starts, burst };
      }),
    ),
  );
}

async function startAll(cloud: Cloud, worker: ChangedFunction, folder: string, blocks: readonly number[][]) {
  const put = (key: string, bytes: Uint8Array) =>
    cloud.clients.s3.send(new PutObjectCommand({ Bucket: cloud.deployment.bucket, Key: key, Body: bytes }));
  const made = await jobsOf();
  await put(uploadKey(made.sha256), made.bytes);
  const { worker: deployed } = await ensureBundles();
  const bundles = await buildVariants(folder);
  const zips = new Map<string, Uint8Array>();
  const codeOf = ({ bundle, kernel }: Cell) => {
    const inZip = kernel === "TypeScript" ? made : undefined;
    const key = `${bundle} ${inZip?.artifact}`;
    const zip = zips.get(key) ?? zipped(join(folder, `${zips.size}`), bundles[bundle] ?? deployed, inZip);
    zips.set(key, zip);
    return zip;
  };
  const starts: AwsStart[] = [];
  for (const [block, cells] of blocks.entries()) {
    for (const cell of cells) {
      const { memoryMb, kernel } = CELLS[cell]!;
      const job = { ...made.jobs[kernel], jobId: `cold-${randomUUID()}` };
      await put(jobKeys(job.jobId).job, jsonBytes(job));
      await worker.useCode(codeOf(CELLS[cell]!));
      await worker.useMemory(memoryMb);
      const version = await worker.publish();
      try {
        const first = await worker.invoke(version, eventOf(chunkMessage(job, [0]), QUEUE));
        const second = await worker.invoke(version, eventOf(chunkMessage(job, [1]), QUEUE));
        await expectChunks(cloud, job);
        starts.push({ cell, block, first, second });
      } finally {
        await worker.remove(version);
      }
      await removeOnceEnded(cloud, job.jobId);
    }
    console.error(`block ${block + 1} of ${blocks.length}`);
  }
  return starts;
}

/** An address that is in no account: the worker asks its own. */
const QUEUE = "arn:aws:sqs:us-east-1:000000000000:none";

/** A chunk that failed was not computed: the figures would be those of an error. */
async function expectChunks({ store }: Cloud, job: StoredJob): Promise<void> {
  for (const chunk of [0, 1])
    if (!(await findChunk(store, job, chunk))) throw new Error(`Expected chunk ${chunk} to be stored`);
}

/** A zip as the stack makes it: the bundle, and beside it what kernels from files need. */
function zipped(folder: string, bundle: string, inZip?: Jobs): Uint8Array {
  const kernels = join(folder, "kernels");
  makeKernelFolder(kernels, inZip);
  const index = join(folder, bundle.endsWith(".mjs") ? "index.mjs" : "index.js");
  copyFileSync(bundle, index);
  const zip = join(folder, "code.zip");
  execFileSync("python3", ["-m", "zipfile", "-c", zip, index, kernels]);
  return readFileSync(zip);
}
