import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Logger } from "@aws-lambda-powertools/logger";
import type { Context } from "aws-lambda";
import { burstFleet } from "../../shared/burst/burst-fleet.ts";
import type { Kernels } from "../../shared/kernels/loader.ts";
import { fleetFor } from "../../shared/plan/planned-deployment.ts";
import { AwsClient } from "../../shared/ports/aws/aws-client.ts";
import { LambdaFunction } from "../../shared/ports/aws/lambda-function.ts";
import { bucketUrl, S3Store } from "../../shared/ports/aws/s3-store.ts";
import { settingsOfFunction } from "../../shared/ports/aws/settings.ts";
import { SqsQueue } from "../../shared/ports/aws/sqs-queue.ts";
import { systemClock } from "../../shared/ports/clock.ts";
import { NO_FLEET } from "../../shared/ports/fleet.ts";
import type { Submission } from "../../shared/record/submission.ts";
import { ENV, readEnv, readNumberEnv } from "../../shared/validation/env.ts";
import { describeError, isPermanent } from "../../shared/validation/errors.ts";
import { billingHere, billingStoodFor } from "../billing.ts";
import { withUploads } from "../uploads.ts";
import { split } from "./split.ts";
import type { RoundPorts } from "./submit-round.ts";

export interface SplitterParts {
  readonly kernels: Kernels;
  /** Where what loads kernels from files lies, and uploaded ones. */
  readonly files: string;
}

/**
 * The splitter's handler: invoked with a job request, it answers with the job's id and counts. Lambda's request id names a
 * nameless job. Reads the function's environment at once.
 */
export function splitterHandler({ kernels, files }: SplitterParts) {
  const logger = new Logger({ serviceName: "splitter" });
  const sqs = new AwsClient(settingsOfFunction("sqs"));
  const worker = new LambdaFunction(
    new AwsClient(settingsOfFunction("lambda")),
    readEnv(ENV.workerFunctionName),
  );
  const s3 = new AwsClient(settingsOfFunction("s3"));
  const store = new S3Store(s3, readEnv(ENV.bucket));
  s3.prepare(bucketUrl(readEnv(ENV.bucket), s3));
  sqs.prepare(sqs.endpoint ?? readEnv(ENV.chunkQueueUrl));
  const workers = {
    memoryMb: readNumberEnv(ENV.workerMemoryMb),
    timeoutSeconds: readNumberEnv(ENV.workerTimeoutSeconds),
  };
  const burstConcurrency = readNumberEnv(ENV.burstConcurrency);
  const burst = {
    cap: { burst: burstConcurrency, mapping: readNumberEnv(ENV.maxConcurrency) - burstConcurrency },
    workerTimeoutMs: 1000 * workers.timeoutSeconds,
    store,
    clock: systemClock,
    pause: sleep,
    newGroup: () => randomUUID(),
    invokeLater: (request: object) => worker.invokeLater(request),
    onTrouble: (what: string, error: unknown) => logger.warn(what, { reason: describeError(error) }),
  };
  const ports = {
    store,
    workers,
    chunks: new SqsQueue(sqs, readEnv(ENV.chunkQueueUrl)),
    results: new SqsQueue(sqs, readEnv(ENV.resultQueueUrl)),
    clock: systemClock,
    kernels: withUploads(kernels, { store, files, allowed: process.env[ENV.kernelUploads] }),
    billing: billingHere() ?? billingStoodFor(),
    checkAfterSeconds: readNumberEnv(ENV.checkAfterSeconds),
    python: pythonPorts(process.env[ENV.pythonChunkQueueUrl]),
  };

  function pythonPorts(queueUrl: string | undefined): RoundPorts["python"] {
    if (!queueUrl) return undefined;
    const { cap, ...fleet } = fleetFor({ language: "python" }, { ...workers, cap: burst.cap });
    return { chunks: new SqsQueue(sqs, queueUrl), workers: fleet, fleet: { ...NO_FLEET, cap } };
  }

  return async function handler(event: unknown, context: Context): Promise<Submission> {
    try {
      const remainingMs = () => context.getRemainingTimeInMillis();
      const fleet = burstFleet({ ...burst, remainingMs });
      const submission = await split(event, context.awsRequestId, { ...ports, fleet, remainingMs });
      logger.info("job submitted", { ...submission });
      if (submission.ramp === "mapping" && (event as { ramp?: unknown }).ramp === "burst")
        logger.warn("burst means mapping here: no workers may be started", { jobId: submission.jobId });
      return submission;
    } catch (error) {
      logger.error("job refused", { reason: describeError(error) });
      // For bad input the sentence is all a caller needs; Lambda would add the stack to its answer.
      if (error instanceof Error && isPermanent(error)) error.stack = "";
      throw error;
    }
  };
}
