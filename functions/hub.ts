/** What stands in for SQS and S3 in processes of machines that have a Redis. */
import { createRequire } from "node:module";
import { openBucket } from "../shared/ports/aws/open-bucket.ts";
import type { Inbox, MeasuredQueue } from "../shared/ports/queue.ts";
import type { Store } from "../shared/ports/store.ts";
import { ENV } from "../shared/validation/env.ts";
import type { workTogether } from "./together.ts";

export interface Hub {
  readonly store: Store;
  readonly chunks: MeasuredQueue & Inbox;
  readonly results: MeasuredQueue & Inbox;
  /** The name that the chunks' dead letters have in their messages. */
  readonly deadLetters: readonly string[];
  readonly together: typeof workTogether;
}

/** The environment's word for it, as JSON. */
export interface HubOptions {
  /** The file whose `openHub` opens it. */
  readonly file: string;
  /** The Redis, with its password. */
  readonly url: string;
  /** Where the objects are, unless the Redis knows that. */
  readonly store?: string | undefined;
  /** The receiver of the messages that come in events: only that one may hide them. */
  readonly consumer: string;
}

const given = process.env[ENV.hub];

/**
 * The handler for the hub that the environment names; for SQS and S3, at once, where it names none. No function's zip has the file for
 * it. The hub is opened with the first event, and again with the next one where that failed.
 */
export function onHub<Given extends unknown[], Answer>(
  make: (hub?: Hub) => (...given: Given) => Promise<Answer>,
): (...given: Given) => Promise<Answer> {
  if (given === undefined) return make();
  const options: HubOptions = JSON.parse(given);
  let made: Promise<(...given: Given) => Promise<Answer>> | undefined;
  const opened = (): Promise<Hub> => createRequire(options.file)(options.file).openHub(options, openBucket);
  return async (...event) => {
    made ??= opened().then(make);
    made.catch(() => {
      made = undefined;
    });
    return (await made)(...event);
  };
}
