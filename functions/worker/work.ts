import { type ChunkMessage, chunkMessage } from "../../shared/chunk-message.ts";
import {
  type AttemptFailure,
  type ChunkReport,
  type ReportMessage,
  reportMessages,
} from "../../shared/chunk-report.ts";
import type { Clock } from "../../shared/clock.ts";
import { describeError, isPermanent } from "../../shared/errors.ts";
import { coordinates } from "../../shared/grid.ts";
import { checkSpec, type JobSpec } from "../../shared/job.ts";
import { fastCompute } from "../../shared/kernels/fast.ts";
import type { ChunkArray, Kernel, Registry, Window } from "../../shared/kernels/kernel.ts";
import type { Queue } from "../../shared/queues/queue.ts";
import { findChunk, putChunk, reportChunk } from "../../shared/stored-chunk.ts";
import type { Store } from "../../shared/stores/store.ts";
import { makeArray, windowOf } from "../../shared/stores/zarr-array.ts";

export interface WorkPorts {
  readonly store: Store;
  readonly chunks: Queue;
  readonly results: Queue;
  readonly clock: Clock;
  readonly kernels: Registry;
}

/** One delivery of a chunk message to one execution environment. */
export interface Delivery {
  readonly worker: ReportMessage["worker"];
  /** 1 for the first delivery, as SQS counts. */
  readonly receiveCount: number;
}

/** What became of each chunk of the message. */
export interface WorkOutcome {
  readonly computed: number[];
  /** Stored by an earlier attempt: verified and reported, not computed again. */
  readonly found: number[];
  /** Sent again, each in a message of its own. */
  readonly reissued: number[];
  readonly failures: AttemptFailure[];
  /** True where the message must be delivered again. */
  readonly retry: boolean;
}

/**
 * Computes, stores and then reports the message's chunks, in this order, so that an acknowledged message means
 * stored chunks and a sent report. A chunk that fails is reported as a failed attempt and costs the others
 * nothing. Throws where the report itself cannot be sent.
 */
export async function work(
  message: ChunkMessage,
  delivery: Delivery,
  ports: WorkPorts,
): Promise<WorkOutcome> {
  const redelivered = delivery.receiveCount > 1;
  const reports: ChunkReport[] = [];
  const outcome = { computed: [] as number[], found: [] as number[], reissued: [] as number[] };
  const failures: AttemptFailure[] = [];

  for (const chunk of message.chunks) {
    try {
      const kernel = checkSpec(message.spec, ports.kernels);
      windowOf(message.spec, chunk);
      const stored = redelivered ? await findChunk(ports.store, message, chunk) : undefined;
      if (stored) {
        reports.push(reportChunk(message.spec, chunk, stored, null));
        outcome.found.push(chunk);
      } else if (redelivered && message.chunks.length > 1) {
        // Whatever broke the first delivery may be one chunk's fault: alone, it can only break itself.
        outcome.reissued.push(chunk);
      } else {
        reports.push(await computeChunk(message, chunk, kernel, ports));
        outcome.computed.push(chunk);
      }
    } catch (error) {
      failures.push({
        chunk,
        error: describeError(error),
        final: isPermanent(error),
        attempt: delivery.receiveCount,
        failedAtMs: ports.clock.epochMs(),
        requestId: delivery.worker.requestId,
        logStream: delivery.worker.logStream,
      });
    }
  }

  await ports.chunks.send(outcome.reissued.map((chunk) => chunkMessage(message, [chunk])));
  await ports.results.send(
    reportMessages({ jobId: message.jobId, worker: delivery.worker }, reports, failures),
  );
  return { ...outcome, failures, retry: failures.some(({ final }) => !final) };
}

/** The report of a chunk after its confirmed PUT. */
async function computeChunk(message: ChunkMessage, chunk: number, kernel: Kernel, ports: WorkPorts) {
  const { clock, store } = ports;
  const startedAtMs = clock.epochMs();
  const started = clock.monotonicMs();
  const cpuBefore = clock.cpuMs();
  const values = computeValues(message.spec, chunk, kernel);
  const computeMs = clock.monotonicMs() - started;
  const storedBytes = await putChunk(store, message, chunk, values);
  const cpuMs = clock.cpuMs() - cpuBefore;
  const durationMs = clock.monotonicMs() - started;
  return reportChunk(
    message.spec,
    chunk,
    { values, storedBytes },
    { startedAtMs, durationMs, computeMs, cpuMs },
  );
}

/** A chunk's values, as the kernel gives them. */
function computeValues(spec: JobSpec, chunk: number, kernel: Kernel): ChunkArray {
  const window = kernelWindow(spec, chunk, kernel);
  const out = makeArray(spec.dtype, window.y.length * window.x.length);
  fastCompute(kernel)(spec.parameters, window, out);
  return out;
}

/** The coordinates of a chunk. A job with one axis lies at the kernel's fixed value of the other. */
function kernelWindow(spec: JobSpec, chunk: number, kernel: Kernel): Window {
  const window = windowOf(spec, chunk);
  const [x, y] = spec.axes.toReversed();
  return {
    y: y ? coordinates(y, window.rowStart, window.rowEnd) : Float64Array.of(kernel.axes[0].at),
    x: x ? coordinates(x, window.columnStart, window.columnEnd) : new Float64Array(),
  };
}
