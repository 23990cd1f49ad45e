/** Splitter and aggregator in this process, on the queues and the store of a hub. */
import { dirname } from "node:path";
import { aggregateBatch } from "../../functions/aggregator/batch.ts";
import { check } from "../../functions/aggregator/check.ts";
import { Looks } from "../../functions/aggregator/looks.ts";
import { split } from "../../functions/splitter/split.ts";
import { withUploads } from "../../functions/uploads.ts";
import { kernelsOf } from "../../shared/kernels/loader.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { type CheckMessage, checkMessage, parseResultMessage } from "../../shared/messages/chunk-report.ts";
import { systemClock } from "../../shared/ports/clock.ts";
import type { KeptStore } from "../../shared/ports/prefixed-store.ts";
import type { Inbox, MeasuredQueue, Received } from "../../shared/ports/queue.ts";
import type { Submission } from "../../shared/record/submission.ts";
import { DEFAULT_CHECK_AFTER_SECONDS, DEFAULT_RETRY_AFTER_SECONDS } from "../../shared/validation/env.ts";
import { KERNEL_HOST } from "../../tools/bundling/dist.ts";
import { builtIns } from "../kernels/loader.ts";
import type { Remote } from "../remote/remote.ts";

/** Queues and a store, of a Redis or of other servers. */
export interface JobHub {
  readonly store: KeptStore;
  readonly chunks: MeasuredQueue & Inbox;
  readonly results: MeasuredQueue & Inbox;
  /** `name` is its own in its messages. */
  readonly deadChunks: Inbox & { readonly name: string };
  readonly deadResults: Inbox;
}

export interface Stages {
  split(request: Parameters<Remote["submit"]>[0]): Promise<Submission>;
  check(check: Parameters<Remote["check"]>[0]): Promise<void>;
  /** Returns the ids of messages that come again. */
  aggregate(messages: readonly Received[]): Promise<ReadonlySet<string>>;
}

const IGNORE = () => {};

export function stagesOn({ store, chunks, results, deadChunks }: JobHub): Stages {
  const queues = { store, chunks, results, clock: systemClock };
  const checkAfterSeconds = DEFAULT_CHECK_AFTER_SECONDS;
  const splitting = {
    ...{ ...queues, checkAfterSeconds },
    // Not those from files of this machine: a job says where its own was uploaded, as workers elsewhere look there.
    kernels: withUploads(kernelsOf(builtIns), { store, files: dirname(KERNEL_HOST), allowed: "all" }),
  };
  const aggregating = {
    ...{ ...queues, builtIns: KERNELS, checkAfterSeconds, looks: new Looks(systemClock), inbox: results },
    ...{ deadLetters: [deadChunks.name], retryAfterSeconds: DEFAULT_RETRY_AFTER_SECONDS },
    logger: { info: IGNORE, warn: IGNORE, error: IGNORE },
  };
  return {
    split: (request) => split(request, "", splitting),
    async check(asked) {
      await check(parseResultMessage(checkMessage(asked)) as CheckMessage, aggregating);
    },
    aggregate: async (messages) => new Set((await aggregateBatch(messages, aggregating)).failed),
  };
}
