import { EnvironmentError } from "./errors.ts";

/** The variables through which the stack configures a stage, by the names that both sides use. */
export const ENV = {
  bucket: "BUCKET",
  chunkQueueUrl: "CHUNK_QUEUE_URL",
  resultQueueUrl: "RESULT_QUEUE_URL",
  deadLetterQueueArn: "DEAD_LETTER_QUEUE_ARN",
  /** Only where workers of Python have a queue of their own. */
  pythonChunkQueueUrl: "PYTHON_CHUNK_QUEUE_URL",
  pythonDeadLetterQueueArn: "PYTHON_DEAD_LETTER_QUEUE_ARN",
  checkAfterSeconds: "CHECK_AFTER_SECONDS",
  retryAfterSeconds: "RETRY_AFTER_SECONDS",
  workerFunctionName: "WORKER_FUNCTION_NAME",
  workerTimeoutSeconds: "WORKER_TIMEOUT_SECONDS",
  workerMemoryMb: "WORKER_MEMORY_MB",
  maxConcurrency: "MAX_CONCURRENCY",
  burstConcurrency: "BURST_CONCURRENCY",
  /** An UploadPolicy; "none" where it is absent. */
  kernelUploads: "KERNEL_UPLOADS",
  /** Only where a bus is to be told of the ends of jobs. */
  eventBusArn: "EVENT_BUS_ARN",
  /** Set for slots of this machine and not by the stack, see clock.ts. */
  clockOrigin: "CLOCK_ORIGIN_MS",
  /** Likewise: the folder of kernels from files. */
  kernelFiles: "KERNEL_FILES",
  /** Likewise, for the splitter: what the run is priced as. */
  standsFor: "STANDS_FOR",
  /** Likewise: what other workers of the queue are, see WorkPorts. */
  others: "OTHER_WORKERS",
  /** Likewise: what stands in for SQS and S3, see functions/hub.ts. */
  hub: "HUB",
  /** Likewise, and for commands: set where kernels compute by their plain functions and not by their compiled twins. */
  plain: "MANYHANDS_PLAIN",
} as const;

/** Which kernels a deployment takes beside those of its zips: WebAssembly, JavaScript too, or none. */
export const UPLOAD_POLICIES = ["wasm", "all", "none"] as const;
export type UploadPolicy = (typeof UPLOAD_POLICIES)[number];

/** The default name of the stack. */
export const STACK_NAME = "Manyhands";

/** Delay of the first check message; each later one doubles it. */
export const DEFAULT_CHECK_AFTER_SECONDS = 15;

/**
 * A message that failed the first time is hidden for this long, up to twice as long by chance; the time then doubles.
 */
export const DEFAULT_RETRY_AFTER_SECONDS = 2;

/** A message that was delivered this often becomes a dead letter. */
export const MAX_RECEIVE_COUNT = 5;

/**
 * How long an asynchronous invocation may wait for its worker: the least that Lambda takes. A worker that starts later
 * would only find the messages that the mapping is working on already.
 * https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
 */
export const MAX_EVENT_AGE_SECONDS = 60;

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws EnvironmentError if the variable is missing or empty. */
export function readEnv(name: string, environment: Environment = process.env): string {
  const value = environment[name];
  if (value === undefined) throw new EnvironmentError(`Expected ${name} in the environment, it is missing.`);
  if (value === "") throw new EnvironmentError(`Expected ${name} in the environment, it is empty.`);
  return value;
}

/** Throws EnvironmentError if the variable is missing, empty or not a number. */
export function readNumberEnv(name: string, environment: Environment = process.env): number {
  const value = readEnv(name, environment);
  const number = Number(value);
  if (!Number.isFinite(number)) {
    throw new EnvironmentError(`Expected ${name} to be a number, got ${JSON.stringify(value)}.`);
  }
  return number;
}

/** The policy that a variable names; "none" where it is absent. Throws EnvironmentError for a word that is no policy. */
export function uploadPolicyOf(given = "none"): UploadPolicy {
  const policy = UPLOAD_POLICIES.find((each) => each === given);
  if (policy) return policy;
  throw new EnvironmentError(
    `Expected ${ENV.kernelUploads} to be one of ${UPLOAD_POLICIES.join(", ")}, got ${JSON.stringify(given)}.`,
  );
}
