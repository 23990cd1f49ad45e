/** Workers on this machine for queues on a server that speaks SQS and a bucket, and an aggregator beside them: no stack, and no Lambdas. */
import { environmentOf, openSqs, type SqsHub } from "../../shared/ports/aws/sqs-hub.ts";
import type { SqsPlace } from "../../shared/ports/aws/sqs-place.ts";
import { expectConditional } from "../../shared/ports/conditional-writes.ts";
import { DEFAULT_CHECK_AFTER_SECONDS, ENV, type UploadPolicy } from "../../shared/validation/env.ts";
import { MachineKeys } from "../cloud/machine-keys.ts";
import { beginRole } from "./aggregator-slot.ts";
import { type StandingOptions, standBy } from "./standing-worker.ts";

export interface AtSqsOptions extends StandingOptions {
  readonly bucket: string;
  readonly kernelUploads: UploadPolicy;
}

/**
 * Takes messages of the place's queues until the signal is aborted, and waits for a server that is not there. Throws InvalidInputError where
 * the server refuses, and for a store whose conditional writes are none.
 */
export async function standBySqs(place: SqsPlace, options: AtSqsOptions): Promise<void> {
  const { name, bucket, signal, onNews, logFolder, kernelUploads } = options;
  const onLost = (sentence: string) => onNews({ kind: "trouble", sentence });
  const keys = new MachineKeys();
  const { credentials } = keys;
  const open = async () => {
    const environment = await keys.environmentIfAny();
    return openSqs(place, { bucket, environment, credentials, patience: signal, onLost });
  };
  let hub: SqsHub | undefined;
  try {
    hub = await open().catch((error: unknown) => {
      if (signal.aborted) return undefined; // it was told to end before there was a server
      throw error;
    });
    if (!hub) return;
    const { chunks, results, deadChunks, store } = hub;
    await expectConditional(store, `s3://${bucket}`);
    const ofStages = async () => ({
      ...environmentOf(place, await keys.environment()),
      [ENV.bucket]: bucket,
      [ENV.chunkQueueUrl]: chunks.url,
      [ENV.resultQueueUrl]: results.url,
    });
    const ofAggregator = async () => ({
      ...(await ofStages()),
      [ENV.deadLetterQueueArn]: deadChunks.name,
      [ENV.checkAfterSeconds]: `${DEFAULT_CHECK_AFTER_SECONDS}`,
    });
    const role = { name: `${name}-aggregator`, logFolder, environment: ofAggregator };
    const endRole = await beginRole({ results, deadChunks }, role);
    try {
      const environment = async () => ({ ...(await ofStages()), [ENV.kernelUploads]: kernelUploads });
      await standBy({ inbox: chunks, environment }, options);
    } finally {
      await endRole();
    }
  } finally {
    await hub?.close();
    await keys.close();
  }
}
