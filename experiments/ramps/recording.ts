/** Jobs on the embedded cloud, which plays the mapping's ramp: how many workers are at work when, and what they ask of the queue. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localEngine } from "../../cli/engines/local.ts";
import type { AnsweredRequest } from "../../cli/local/emulator.ts";
import type { Ramp } from "../../shared/messages/job-request.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";

export interface NapJob {
  readonly ramp: Ramp;
  readonly messages: number;
  readonly ms: number;
  readonly workers: number;
  readonly burstConcurrency: number;
  /** A second here is so many on AWS. */
  readonly acceleration: number;
}

export interface Recorded {
  readonly makespanMs: number;
  /** When each chunk was begun and done, in ms after the first began: `begun-done begun-done …`. */
  readonly spans: string;
  /** Of the drainers: receives that gave something, and messages deleted by how many requests. */
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
  const root = join(import.meta.dirname, "../..");
  const bundles = () =>
    ensureBundles({ folder: join(root, "dist/ramps"), registry: join(import.meta.dirname, "registry.ts") });
  const counts = { receives: 0, deletes: 0, drained: 0 };
  const onAnswered = ({ headers, body }: AnsweredRequest) => {
    // The event source's own requests are not signed.
    if (!headers.authorization) return;
    const target = headers["x-amz-target"];
    if (target === "AmazonSQS.ReceiveMessage") counts.receives++;
    if (target !== "AmazonSQS.DeleteMessageBatch") return;
    counts.deletes++;
    counts.drained += (body as { Entries: unknown[] }).Entries.length;
  };
  const spans: [number, number][] = [];
  const folder = mkdtempSync(join(tmpdir(), "manyhands-ramps-"));
  try {
    const engine = localEngine({ bundles, onAnswered, ramp: { acceleration, burstConcurrency } });
    const { summary } = await engine({
      ...{ jobId: "ramps", folder, workers, signal: new AbortController().signal },
      request: {
        ...{ kernel: "nap", parameters: { ms }, ramp, chunksPerMessage: 1, chunk: [1, 1] },
        grid: {
          axes: [
            { from: 0, to: 1, count: messages },
            { from: 0, to: 1, count: 1 },
          ],
        },
        output: { plots: false },
      },
      progress: {
        running() {},
        buried() {},
        counted() {},
        fetching() {},
        lost() {},
        reported({ chunks }) {
          for (const { times } of chunks)
            if (times) spans.push([times.startedAtMs, times.startedAtMs + times.durationMs]);
        },
      },
    });
    const first = Math.min(...spans.map(([begun]) => begun));
    return {
      makespanMs: summary.makespanMs,
      spans: spans.map((span) => span.map((at) => Math.round(at - first)).join("-")).join(" "),
      ...counts,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
