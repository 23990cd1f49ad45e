/** What stands in for SQS and S3 in processes of machines that have a Redis. */
import { createRequire } from "node:module";
import type { Inbox, MeasuredQueue } from "../shared/ports/queue.ts";
import type { Store } from "../shared/ports/store.ts";
import { ENV } from "../shared/validation/env.ts";

export interface Hub {
  readonly store: Store;
  readonly chunks: MeasuredQueue & Inbox;
  readonly results: MeasuredQueue & Inbox;
  /** The name that the chunks' dead letters have in their messages. */
  readonly deadLetters: string;
}

/** What such a file exports: it opens the hub that its environment names. */
export interface HubFile {
  openHub(): Promise<Hub>;
}

const file = process.env[ENV.hub];

/**
 * The handler for the hub of the file that the environment names; for SQS and S3, at once, where it names none. No function's zip has such
 * a file. The hub is opened with the first event, and again with the next one where that failed.
 */
export function onHub<Given extends unknown[], Answer>(
  make: (hub?: Hub) => (...given: Given) => Promise<Answer>,
): (...given: Given) => Promise<Answer> {
  if (file === undefined) return make();
  let made: Promise<(...given: Given) => Promise<Answer>> | undefined;
  const opened = () => (createRequire(file)(file) as HubFile).openHub().then(make);
  return async (...given) => {
    made ??= opened();
    made.catch(() => {
      made = undefined;
    });
    return (await made)(...given);
  };
}
