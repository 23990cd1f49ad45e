import { loadHost } from "#kernel-host";
import { hasKernels } from "../../shared/kernels/kernel-files.ts";
import type { Kernels } from "../../shared/kernels/loader.ts";
import { chunkMessage, parseChunkMessage } from "../../shared/messages/chunk-message.ts";
import { AwsClient, type AwsClientOptions } from "../../shared/ports/aws/aws-client.ts";
import { type PretendedAnswer, PretendedConnection } from "../../shared/ports/aws/pretended-connection.ts";
import { S3Store } from "../../shared/ports/aws/s3-store.ts";
import { SqsQueue } from "../../shared/ports/aws/sqs-queue.ts";
import { systemClock } from "../../shared/ports/clock.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { type WorkOutcome, work } from "./work.ts";

/** It has one chunk. */
const JOB = {
  version: 2,
  jobId: "rehearsal",
  spec: {
    kernel: "mandelbrot",
    parameters: { maxIterations: 10 },
    axes: [
      { input: "y", rule: "index", from: 1.3, step: -0.5, count: 4 },
      { input: "x", rule: "index", from: -2, step: 0.7, count: 4 },
    ],
    values: [{ name: "escape_time", dtype: "uint16" }],
    chunkShape: [4, 4],
    codec: "zstd",
    seed: 0,
  },
  chunksPerMessage: "auto",
  output: { plots: true },
  submittedAtMs: 0,
};

/**
 * Works a message of a job that does not exist, with services that are not asked: V8 compiles a function, and Node loads
 * some of its own, when it is first called. Lambda's init has a whole processor whatever the memory; with 128 MB the 11 ms of
 * CPU that this saves take 150 ms of the first event. It reads no message, nothing stored and no keys, and it leaves nothing
 * behind. All of it happens in microtasks and ticks, so it is over when Lambda's runtime asks for the first event. Where the
 * zip has kernels, what computes them is loaded too: 10 ms of CPU, which their jobs need and others do not.
 * Undefined where the program has other kernels. Throws what `work` throws.
 */
export async function rehearse(
  kernels: Kernels,
  { endpoint, files }: Pick<AwsClientOptions, "endpoint"> & { readonly files: string },
): Promise<WorkOutcome | undefined> {
  if (hasKernels(files)) await loadHost(files);
  const kernel = await kernels.get({ name: JOB.spec.kernel });
  if (!kernel) return undefined;
  const { hash, declaration } = kernel;
  const job = JSON.stringify({ ...JOB, spec: { ...JOB.spec, hash }, declaration });
  const client = (service: "s3" | "sqs", answer: PretendedAnswer) =>
    new AwsClient({
      ...{ service, region: "us-east-1", endpoint, connect: () => new PretendedConnection(answer) },
      credentials: async () => ({ accessKeyId: "none", secretAccessKey: "none" }),
    });
  const s3 = client("s3", (line) => {
    if (line.startsWith("PUT ")) return "";
    return line.includes(jobKeys(JOB.jobId).job) ? job : undefined;
  });
  const sqs = client("sqs", () => "{}");
  const queue = new SqsQueue(sqs, "https://sqs.us-east-1.amazonaws.com/0/none");
  const worker = { requestId: "", logStream: "", coldStart: true, initMs: 0 };
  try {
    return await work(
      parseChunkMessage(chunkMessage({ jobId: JOB.jobId }, [0])),
      { worker, receiveCount: 1 },
      { store: new S3Store(s3, "none"), chunks: queue, results: queue, clock: systemClock, kernels },
    );
  } finally {
    s3.close();
    sqs.close();
  }
}
