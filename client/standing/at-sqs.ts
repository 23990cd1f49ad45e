/** Queues on a server that speaks SQS, and a bucket: no stack, and no Lambdas. */
import { environmentOf, type OpenSqsOptions, openSqs } from "../../shared/ports/aws/sqs-hub.ts";
import type { SqsPlace } from "../../shared/ports/aws/sqs-place.ts";
import { expectConditional } from "../../shared/ports/conditional-writes.ts";
import { ENV } from "../../shared/validation/env.ts";
import type { StandingPlace } from "./standing-worker.ts";

/** Waits for the queues; throws InvalidInputError where they are refused, and for a store whose conditional writes are none. */
export async function atSqs(place: SqsPlace, options: OpenSqsOptions): Promise<StandingPlace> {
  const hub = await openSqs(place, options);
  try {
    await expectConditional(hub.store, `s3://${options.bucket}`);
  } catch (error) {
    await hub.close();
    throw error;
  }
  return {
    inbox: hub.chunks,
    environment: async () => ({
      ...environmentOf(place, options.environment),
      [ENV.bucket]: options.bucket,
      [ENV.chunkQueueUrl]: hub.chunks.url,
      [ENV.resultQueueUrl]: hub.results.url,
      [ENV.deadLetterQueueArn]: hub.deadChunks.arn,
    }),
    close: () => hub.close(),
  };
}
