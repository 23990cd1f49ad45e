import { join } from "node:path";
import { Progress } from "../../api/progress.ts";
import { jobOf, type NewJobOptions } from "../../cli/request/new-job.ts";
import { Bucket } from "../../client/cloud/bucket.ts";
import type { Cloud } from "../../client/cloud/cloud.ts";
import { deploymentRemote } from "../../client/cloud/deployment-remote.ts";
import { serial } from "../../client/engines/serial.ts";
import type { Remote } from "../../client/remote/remote.ts";
import { layoutOf } from "../../shared/array/layout.ts";
import { emulatedCloud } from "./emulator.ts";

/** A deployment's bucket and queues, as the client sees them, on the embedded SQS and S3; it has no functions. */
export async function remoteCloud(
  emulator: Parameters<typeof emulatedCloud>[0] = {},
): Promise<{ cloud: Cloud; remote: Remote; folder: string }> {
  const { cloud, folder, sqs, s3 } = await emulatedCloud(emulator);
  const { bucket, queues, region, endpoint } = cloud;
  const unused = {} as never;
  const clients = {
    ...{ place: endpoint, region, s3, sqs, lambda: unused, cloudFormation: unused, sts: unused },
    watching: () => Promise.reject(new RangeError("it has no logs")),
  };
  const deployment = {
    ...{
      stack: "Test",
      status: "CREATE_COMPLETE",
      place: endpoint,
      region,
      version: "0",
      build: undefined,
      bucket,
    },
    ...{ splitter: "splitter", worker: "worker", aggregator: "aggregator", maxConcurrency: 2 },
    chunkQueue: queues.chunks.url,
    resultQueue: queues.results.url,
    chunkDeadLetters: queues.deadLetters.url,
    resultDeadLetters: queues.resultDeadLetters.url,
    ...{ idleCost: "nothing", removal: "none" },
  };
  const itself = { clients, deployment, store: new Bucket(s3, bucket) };
  return { cloud: itself, remote: deploymentRemote(itself), folder };
}

/** Computes a job whose results lie in the bucket's folder, as a deployment would have left them. */
export async function computeInto(folder: string, jobId: string, options: Partial<NewJobOptions> = {}) {
  const { job, request } = await jobOf("mandelbrot", { size: "100", inputs: {}, jobId, ...options });
  const { total, elements } = layoutOf(job.spec);
  const { summary } = await serial({
    jobId,
    request,
    folder: join(folder, "jobs", jobId),
    workers: 1,
    progress: new Progress(total, elements),
    signal: new AbortController().signal,
  });
  return { job: { ...job, submittedAtMs: summary.submittedAtMs }, summary };
}
