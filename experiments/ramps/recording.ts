/** Jobs on the embedded cloud, which plays the mapping's ramp: how many workers are at work when, and what they ask of the queue. */
import type { AnsweredRequest } from "../../client/local/local-cloud.ts";
import type { JobRequest, Ramp } from "../../shared/messages/job-request.ts";
import { idleBundles } from "../measuring/idle-bundles.ts";
import { runLocalJob } from "../measuring/local-job.ts";
import { inTemporaryFolder } from "../measuring/temporary.ts";

export interface NapJob {
  readonly ramp: Ramp;
  readonly messages: number;
  readonly ms: number;
  readonly workers: number;
  readonly burstConcurrency: number;
  /** The ramp's speed: one second here stands for this many on AWS. */
  readonly acceleration: number;
}

export interface Recorded {
  readonly makespanMs: number;
  /** When each chunk was begun and done, in ms after the first began: `begun-done begun-done …`. */
  readonly spans: string;
  /** The drainers' receives that gave something, their requests to delete, and the messages that those deleted. */
  readonly receives: number;
  readonly deletes: number;
  readonly drained: number;
}

export async function recordJob({
  ramp,
  messages,
  ms,
  workers,
  burstConcurrency,
  acceleration,
}: NapJob): Promise<Recorded> {
  const counts = { receives: 0, deletes: 0, drained: 0 };
  const onAnswered = ({ headers, body, answer }: AnsweredRequest) => {
    // The event source's own requests are not signed.
    if (!headers.authorization) return;
    const target = headers["x-amz-target"];
    const { Messages = [] } = (answer ?? {}) as { readonly Messages?: unknown[] };
    if (target === "AmazonSQS.ReceiveMessage" && Messages.length > 0) counts.receives++;
    if (target !== "AmazonSQS.DeleteMessageBatch") return;
    counts.deletes++;
    counts.drained += (body as { Entries: unknown[] }).Entries.length;
  };
  const request: JobRequest = {
    ...{ kernel: "nap", inputs: { ms }, points: [messages, 1], ramp, chunksPerMessage: 1, chunk: [1, 1] },
    output: { plots: false },
  };
  const spans: [number, number][] = [];
  const { summary } = await inTemporaryFolder((folder) =>
    runLocalJob(folder, request, {
      ...{ bundles: idleBundles, onAnswered, ramp: { acceleration, burstConcurrency }, workers },
      reported({ chunks }) {
        for (const { times } of chunks)
          if (times) spans.push([times.startedAtMs, times.startedAtMs + times.durationMs]);
      },
    }),
  );
  const first = Math.min(...spans.map(([begun]) => begun));
  return {
    makespanMs: summary.makespanMs,
    spans: spans.map((span) => span.map((at) => Math.round(at - first)).join("-")).join(" "),
    ...counts,
  };
}
