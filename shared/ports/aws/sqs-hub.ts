/** All that a job needs where there is a server that speaks SQS and a bucket, and no stack: its queues and its store. */
import { setTimeout as sleep } from "node:timers/promises";
import { describeError, InvalidInputError } from "../../validation/errors.ts";
import { show } from "../../validation/parse.ts";
import { AwsClient, type AwsClientOptions } from "./aws-client.ts";
import { mayPass } from "./aws-error.ts";
import { S3Store } from "./s3-store.ts";
import { settingsOfFunction } from "./settings.ts";
import type { SqsPlace } from "./sqs-place.ts";
import { openQueues, type SqsQueues } from "./sqs-queues.ts";

/** The one that versitygw and others expect where nothing is said. */
const DEFAULT_REGION = "us-east-1";
const PAUSE_MS = 1000;

type Environment = Readonly<Record<string, string | undefined>>;

export interface SqsHub extends SqsQueues {
  readonly store: S3Store;
  close(): Promise<void>;
}

export interface OpenSqsOptions {
  readonly bucket: string;
  /** Region, keys, and the store's endpoint, by the usual names. */
  readonly environment: Environment;
  /** Keys that change; without it those of the environment. */
  readonly credentials?: AwsClientOptions["credentials"];
  /** Waits for a server that is not there until it is, or this is aborted; else that is refused. */
  readonly patience?: AbortSignal | undefined;
  /** Called once where it is waited for, with a sentence. */
  readonly onLost?: ((sentence: string) => void) | undefined;
}

/**
 * Opens the queues, which are made where they are missing. Throws InvalidInputError where keys are missing or refused, and where the
 * server is not there unless it is waited for.
 * @example
 * const hub = await openSqs(sqsPlace("sqs+http://hub:9324"), { bucket: "jobs", environment: process.env });
 */
export async function openSqs(place: SqsPlace, options: OpenSqsOptions): Promise<SqsHub> {
  const { bucket, patience, onLost } = options;
  const environment = environmentOf(place, options.environment);
  const of = { ...(options.credentials && { credentials: options.credentials }) };
  const sqs = new AwsClient({ ...settingsOfFunction("sqs", environment), ...of });
  const s3 = new AwsClient({ ...settingsOfFunction("s3", environment), ...of });
  const close = async () => {
    sqs.close();
    s3.close();
  };
  for (let attempt = 0; ; attempt++) {
    try {
      return { ...(await openQueues(sqs, place)), store: new S3Store(s3, bucket), close };
    } catch (error) {
      if (!patience || patience.aborted || !mayPass(error)) {
        await close();
        throw new InvalidInputError(`the queues at ${place.shown}`, "there", describeError(error));
      }
      if (attempt === 0)
        onLost?.(`${place.shown} is not there (${describeError(error)}); trying again until it is.`);
      await sleep(PAUSE_MS, undefined, { signal: patience }).catch(() => {});
    }
  }
}

/**
 * What clients of a bucket, and of the place's queues, find in an environment: the place's address, and of the caller's variables those
 * about region, keys and the store's endpoint. Throws InvalidInputError.
 */
export function environmentOf(place: SqsPlace | undefined, given: Environment): Record<string, string> {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = given;
  const store = given.AWS_ENDPOINT_URL_S3 || given.AWS_ENDPOINT_URL;
  const hint = "The store's keys; ElasticMQ checks none.";
  if (!id || !secret)
    throw new InvalidInputError(
      "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
      "in the environment",
      id ? "the first alone" : "none",
      hint,
    );
  if (store && !/^https?:$/.test(URL.parse(store)?.protocol ?? ""))
    throw new InvalidInputError(
      "AWS_ENDPOINT_URL_S3",
      "an address such as http://127.0.0.1:7070",
      show(store),
    );
  return {
    AWS_REGION: given.AWS_REGION || given.AWS_DEFAULT_REGION || DEFAULT_REGION,
    ...(place && { AWS_ENDPOINT_URL_SQS: place.endpoint }),
    ...(store && { AWS_ENDPOINT_URL_S3: store }),
    ...{ AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret },
    ...(token && { AWS_SESSION_TOKEN: token }),
  };
}
