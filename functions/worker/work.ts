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
import { encodeChunk, makeArray, windowOf } from "../../shared/stores/zarr-array.ts";
import { StoresInFlight } from "./stores-in-flight.ts";

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
 * Computes, stores and then reports the message's chunks, in this order (while one is stored the next is computed), so
 * that an acknowledged message means stored chunks and a sent report. A chunk that fails is reported as a failed
 * attempt and costs the others nothing. Throws where the report itself cannot be sent.
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
  const stores = new StoresInFlight();
  const fail = (chunk: number, error: unknown) =>
    failures.push({
      chunk,
      error: describeError(error),
      final: isPermanent(error),
      attempt: delivery.receiveCount,
      failedAtMs: ports.clock.epochMs(),
      requestId: delivery.worker.requestId,
      logStream: delivery.worker.logStream,
    });

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
        const computed = computeChunk(message, chunk, kernel, ports.clock);
        const store = async () => {
          try {
            reports.push(await storeChunk(message, computed, ports));
            outcome.computed.push(chunk);
          } catch (error) {
            fail(chunk, error);
          }
        };
        await stores.add(computed.encoded.length, store());
      }
    } catch (error) {
      fail(chunk, error);
    }
  }
  await stores.all();

  await ports.chunks.send(outcome.reissued.map((chunk) => chunkMessage(message, [chunk])));
  const inOrder = reports.sort((a, b) => a.chunk - b.chunk);
  await ports.results.send(
    reportMessages({ jobId: message.jobId, worker: delivery.worker }, inOrder, failures),
  );
  return { ...outcome, failures, retry: failures.some(({ final }) => !final) };
}

interface ComputedChunk {
  readonly chunk: number;
  readonly encoded: Uint8Array;
  readonly report: ChunkReport;
  readonly startedMs: number;
  readonly times: Omit<NonNullable<ChunkReport["times"]>, "durationMs">;
}

/** A chunk and its report, ready to be stored; its values are not needed any more. */
function computeChunk(message: ChunkMessage, chunk: number, kernel: Kernel, clock: Clock): ComputedChunk {
  const startedAtMs = clock.epochMs();
  const startedMs = clock.monotonicMs();
  const cpuBefore = clock.cpuMs();
  const values = computeValues(message.spec, chunk, kernel);
  const computeMs = clock.monotonicMs() - startedMs;
  const encoded = encodeChunk(message.spec, chunk, values);
  const cpuMs = clock.cpuMs() - cpuBefore;
  const report = reportChunk(message.spec, chunk, { values, storedBytes: encoded.length }, null);
  return { chunk, encoded, report, startedMs, times: { startedAtMs, computeMs, cpuMs } };
}

/** The report of a chunk after its confirmed PUT. */
async function storeChunk(
  message: ChunkMessage,
  { chunk, encoded, report, startedMs, times }: ComputedChunk,
  { store, clock }: WorkPorts,
): Promise<ChunkReport> {
  await putChunk(store, message, chunk, encoded);
  return { ...report, times: { ...times, durationMs: clock.monotonicMs() - startedMs } };
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
