/** Workers in slots of their own, beside an embedded S3 and SQS, and what each took to start and for its first two events. */
import { join } from "node:path";
import { startBuiltCloud } from "../../client/local/built-cloud.ts";
import { LONGEST_TIMEOUT_MS, settingsOf } from "../../client/local/pools.ts";
import { Slot } from "../../client/local/slot.ts";
import { chunkMessage } from "../../shared/messages/chunk-message.ts";
import { MB_PER_VCPU } from "../../shared/plan/workers.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { Folder } from "../../shared/ports/file/folder.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { putJson } from "../../shared/ports/store.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { findChunk } from "../../shared/record/stored-chunk.ts";
import { ENV } from "../../shared/validation/env.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";
import { cpuMsOfThreads } from "../measuring/processes.ts";
import { inTemporaryFolder } from "../measuring/temporary.ts";
import type { CpuShares } from "./cpu-share.ts";
import { startTlsFront } from "./tls-front.ts";

/** `cpuMs` is that of all threads of the slot's process. */
interface Spent {
  readonly wallMs: number;
  readonly cpuMs: number;
}

export interface Start {
  /** From the start of the process until the bundle has loaded: Lambda's init, which memory does not slow down. */
  readonly init: Spent;
  /** Events with a message of one chunk each. */
  readonly first: Spent;
  readonly second: Spent;
}

export interface WorkerOptions {
  /** Without shares, memory is only what the worker is told. */
  readonly shares?: CpuShares | undefined;
  /** 1769 by default. */
  readonly memoryMb?: number;
  /** The built worker by default. */
  readonly bundle?: string | undefined;
  /** With the compiled code of earlier starts, which engine local keeps and Lambda does not. */
  readonly isCached?: boolean | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

export interface WorkerSite {
  readonly store: FileStore;
  /** Starts a worker, has it compute chunks 0 and 1 of such a job, looks that both are stored, and ends it. */
  startOnce(job: StoredJob, options?: WorkerOptions): Promise<Start>;
}

/** Starts the embedded cloud, and ends it when `use` is over. With `tls` the workers ask it over TLS, as they ask AWS. */
export function withWorkers<Result>(
  use: (site: WorkerSite) => Promise<Result>,
  { tls = false } = {},
): Promise<Result> {
  return inTemporaryFolder(async (folder) => {
    const bundles = await ensureBundles();
    const bucket = join(folder, "bucket");
    const store = new FileStore({ "": bucket });
    const cloud = await startBuiltCloud(bundles.emulator, {
      ...{ folder: new Folder({ "": bucket }), visibilityTimeoutSeconds: 3600, maxReceiveCount: 5 },
    });
    const front = tls ? await startTlsFront(cloud, folder) : undefined;
    let starts = 0;

    async function startOnce(like: StoredJob, options: WorkerOptions = {}): Promise<Start> {
      const job = { ...like, jobId: `start-${++starts}` };
      await putJson(store, jobKeys(job.jobId).job, job);
      const { memoryMb = MB_PER_VCPU, shares } = options;
      const startedMs = performance.now();
      const slot = new Slot("worker-1", {
        ...{ name: "worker", bundle: options.bundle ?? bundles.worker },
        ...{ program: bundles.slot, timeoutMs: LONGEST_TIMEOUT_MS },
        ...{ logFolder: join(folder, "logs"), cacheFolder: join(folder, "cache") },
        environment: {
          ...settingsOf("worker", cloud),
          ...{ [ENV.retryAfterSeconds]: "0", [ENV.kernelUploads]: "all" },
          AWS_LAMBDA_FUNCTION_MEMORY_SIZE: `${memoryMb}`,
          ...front?.environment,
          // An environment of Lambda has no code from an earlier start.
          ...(!options.isCached && { NODE_DISABLE_COMPILE_CACHE: "1" }),
          ...options.environment,
        },
        onDeliver: ({ pid }) => shares?.hold(pid, memoryMb),
      });
      try {
        await slot.started;
        if (slot.death) throw slot.death;
        const init = { wallMs: performance.now() - startedMs, cpuMs: cpuMsOfThreads(slot.pid) };
        return { init, first: await compute(slot, job, 0), second: await compute(slot, job, 1) };
      } finally {
        await slot.kill();
        shares?.release(slot.pid);
      }
    }

    async function compute(slot: Slot, job: StoredJob, chunk: number): Promise<Spent> {
      const event = eventOf(chunkMessage(job, [chunk]), cloud.queues.chunks.arn);
      const cpuBefore = cpuMsOfThreads(slot.pid);
      const sentMs = performance.now();
      await slot.invoke({ event, timeoutMs: LONGEST_TIMEOUT_MS });
      const spent = { wallMs: performance.now() - sentMs, cpuMs: cpuMsOfThreads(slot.pid) - cpuBefore };
      // A chunk that failed was not computed: the figures would be those of an error.
      if (!(await findChunk(store, job, chunk))) throw new Error(`Expected chunk ${chunk} to be stored`);
      return spent;
    }

    try {
      return await use({ store, startOnce });
    } finally {
      front?.close();
      await cloud.close();
    }
  });
}

/** An event with one message, as the queue's mapping makes it. */
export const eventOf = (body: string, eventSourceARN: string) => ({
  Records: [
    {
      ...{ messageId: "m", receiptHandle: "r", body, eventSourceARN },
      attributes: { ApproximateReceiveCount: "1" },
    },
  ],
});
