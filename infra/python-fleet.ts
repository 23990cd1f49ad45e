import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { DEFAULT_RETRY_AFTER_SECONDS, ENV } from "../shared/validation/env.ts";
import { acknowledgeKeys, acknowledgeRuntime } from "./acknowledgements.ts";
import { KEYS, measureQueue, postponeMessages, putObjects, readObjects, sendMessages } from "./grants.ts";
import type { Fleet, Monitored } from "./monitored.ts";
import { AGGREGATOR_BATCHES, makeChunkQueues } from "./queues.ts";
import { StageFunction } from "./stage-function.ts";

/** As workers of Python elsewhere have it (workers/python/src/manyhands/worker.py): numpy's arrays stay with the process. */
const MEMORY = { MALLOC_MMAP_THRESHOLD_: `${2 ** 25}`, MALLOC_TRIM_THRESHOLD_: `${2 ** 26}` };

/** The construct so far. */
interface Pipeline extends Construct, Omit<Monitored, keyof Fleet | "python"> {
  readonly bucket: Bucket;
}

/**
 * Workers of Python, whose code lies in the folder, with queues of their own, which splitter and aggregator use for jobs of their kernels.
 * The mapping starts them all: drainers are Node's.
 */
export function addPythonFleet(fanOut: Pipeline, folder: string): Fleet {
  const { bucket, results, settings, splitter, aggregator } = fanOut;
  const { workerTimeout: timeout, memoryMb, maxConcurrency } = settings;
  const of = { stage: "worker", python: folder, timeout, memoryMb, settings } as const;
  const worker = new StageFunction(fanOut, "PythonWorker", of);
  const { chunks, chunkDeadLetters } = makeChunkQueues(fanOut, "PythonChunk", {
    worker,
    aggregator,
    settings,
  });
  worker
    .consume("FromChunks", chunks, { batchSize: 1, maxConcurrency })
    .connect(ENV.bucket, bucket.bucketName, readObjects(bucket, KEYS.jobs), putObjects(bucket, KEYS.jobs))
    .connect(ENV.chunkQueueUrl, chunks.queueUrl, sendMessages(chunks), postponeMessages(chunks))
    .connect(ENV.resultQueueUrl, results.queueUrl, sendMessages(results))
    .connect(ENV.retryAfterSeconds, `${DEFAULT_RETRY_AFTER_SECONDS}`)
    .allow(putObjects(bucket, KEYS.rejected));
  for (const [name, value] of Object.entries(MEMORY)) worker.addEnvironment(name, value);
  acknowledgeRuntime(worker);
  acknowledgeKeys(worker.role!, bucket, [KEYS.jobs, KEYS.rejected]);
  splitter.connect(ENV.pythonChunkQueueUrl, chunks.queueUrl, sendMessages(chunks));
  aggregator
    .consume("FromPythonChunkDeadLetters", chunkDeadLetters, AGGREGATOR_BATCHES)
    .connect(ENV.pythonChunkQueueUrl, chunks.queueUrl, sendMessages(chunks), measureQueue(chunks))
    .connect(ENV.pythonDeadLetterQueueArn, chunkDeadLetters.queueArn);
  return { worker, chunks, chunkDeadLetters };
}
