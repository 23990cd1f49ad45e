/** What `doctor` looks at where there is no stack: a store, and the queues of a server that speaks SQS. */
import { MachineKeys } from "../../client/cloud/machine-keys.ts";
import { AwsClient } from "../../shared/ports/aws/aws-client.ts";
import { S3Store } from "../../shared/ports/aws/s3-store.ts";
import { settingsOfFunction } from "../../shared/ports/aws/settings.ts";
import { environmentOf } from "../../shared/ports/aws/sqs-hub.ts";
import { type SqsPlace, sqsPlace } from "../../shared/ports/aws/sqs-place.ts";
import { openQueues } from "../../shared/ports/aws/sqs-queues.ts";
import { conditionFault, type Probed, WHY_CONDITIONAL } from "../../shared/ports/conditional-writes.ts";
import { JOBS_PREFIX } from "../../shared/ports/keys.ts";
import { bucketNamed } from "../../shared/ports/redis/store-url.ts";
import type { StoreReader } from "../../shared/ports/store.ts";
import { count } from "../../shared/validation/counted.ts";
import { describeError, InvalidInputError } from "../../shared/validation/errors.ts";
import { queuesText } from "../terminal/queues-text.ts";
import type { Finding, Found } from "./finding.ts";

export interface PlacesOptions {
  /** As `--queue` has it: `sqs+http://…`. */
  readonly queue?: string | undefined;
  /** As `--store` has it: `s3://…`. */
  readonly store: string | undefined;
}

/** Throws InvalidInputError for URLs and settings that cannot be. */
export async function diagnoseSqs({ queue, store: named }: PlacesOptions): Promise<Finding[]> {
  const place = queue === undefined ? undefined : sqsPlace(queue);
  if (named === undefined)
    throw new InvalidInputError("--store", "given with --queue, as in s3://jobs", "nothing");
  const bucket = bucketNamed(named);
  const keys = new MachineKeys();
  let client: AwsClient | undefined;
  try {
    const environment = environmentOf(place, await keys.environmentIfAny());
    const findings = place ? await queueFindings(place, environment) : [];
    client = new AwsClient(settingsOfFunction("s3", environment));
    findings.push({ check: "store", ...(await storeFinding(new S3Store(client, bucket), named)) });
    return findings;
  } finally {
    client?.close();
    await keys.close();
  }
}

async function queueFindings(
  place: SqsPlace,
  environment: Readonly<Record<string, string>>,
): Promise<Finding[]> {
  const client = new AwsClient(settingsOfFunction("sqs", environment));
  try {
    const queues = await openQueues(client, place);
    const [chunks, results, deadChunks, deadResults] = await Promise.all([
      queues.chunks.depth(),
      queues.results.depth(),
      queues.deadChunks.depth(),
      queues.deadResults.depth(),
    ]);
    const dead = `${count(deadChunks.waiting + deadChunks.inFlight)} of chunks, ${count(deadResults.waiting)} of reports`;
    return [
      {
        ...{ check: "queues", state: "ok" },
        text: `${place.shown}: ${queuesText(chunks, results)}`,
      },
      { check: "dead letters", state: deadResults.waiting > 0 ? "problem" : "ok", text: dead },
    ];
  } catch (error) {
    const advice = "Start the server, or check the URL.";
    const text = `${place.shown} cannot be asked: ${describeError(error)}`;
    return [{ check: "queues", state: "problem", text, advice }];
  } finally {
    client.close();
  }
}

/** Lists and writes; an object that was written for this is removed. */
export async function storeFinding(store: Probed & Pick<StoreReader, "list">, shown: string): Promise<Found> {
  try {
    for await (const _ of store.list(`${JOBS_PREFIX}doctor-`)) break;
    const fault = await conditionFault(store);
    if (fault === undefined)
      return { state: "ok", text: `${shown} can be listed and written, the latter under conditions` };
    const text = `${shown} is to write an object only where there is none (If-None-Match: *), and ${fault}`;
    return { state: "problem", text, advice: WHY_CONDITIONAL };
  } catch (error) {
    const advice = "Check the bucket's name, the keys and AWS_ENDPOINT_URL_S3.";
    return { state: "problem", text: `${shown} cannot be used: ${describeError(error)}`, advice };
  }
}
