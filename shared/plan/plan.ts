/**
 * What a job is going to be before anything of it is sent: which chunks travel together, and what that takes. Pure, and the
 * same for a splitter and for a client that has no deployment.
 */
import { type Layout, layoutOf } from "../array/layout.ts";
import { cellBytes } from "../array/spec.ts";
import type { LoadedKernel } from "../kernels/loader.ts";
import type { Uploaded } from "../kernels/uploads.ts";
import { chunkMessage, type Issue, type MessageOf } from "../messages/chunk-message.ts";
import { type Cap, NO_FLEET } from "../ports/fleet.ts";
import type { Job, StoredJob } from "../record/job.ts";
import type { Plan } from "../record/plan.ts";
import { estimateWork } from "./estimate.ts";
import { sizeOf } from "./job-size.ts";
import { type Packing, packJob } from "./pack.ts";
import { chooseRamp, drainersFor, fleetOf, type JobSize } from "./ramp.ts";
import { type Reports, reportsOf } from "./reports.ts";
import { type Collecting, requestsOf, type Timing, timingOf } from "./requests.ts";
import { DEFAULT_WORKERS, threadRate, threadsFor, type Workers } from "./workers.ts";

/** The workers that a plan is for. */
export interface Workforce {
  /** The default ones where nothing is said. */
  readonly workers?: Workers | undefined;
  /** Absent where it is not known: then each message may have a worker, and no splitter starts any. */
  readonly cap?: Cap | undefined;
  readonly collecting?: Collecting | undefined;
  /** How long the job will take, measured; else it is the makespan by the stated rate. */
  readonly expectedSeconds?: number | undefined;
  /** Seen where the job has run; else it is estimated. */
  readonly timing?: Timing | undefined;
}

/** Which of the job's chunks are wanted, and on which occasion. */
export interface Round extends Issue {
  /** In rising order; all of the job's, unless it says otherwise. */
  readonly missing?: readonly number[] | undefined;
  /** Where its kernel was uploaded, where job.json does not say so. */
  readonly uploaded?: Uploaded | undefined;
}

/** A plan, and what is sent where it is accepted. */
export interface RoundPlan {
  readonly job: PlannedJob;
  readonly kernel: LoadedKernel;
  readonly workers: Workers;
  readonly figures: Plan;
  readonly ramp: "mapping" | "burst";
  /** How many workers a splitter is to start for `burst`, whatever the cap leaves. */
  readonly drainers: number;
  /** The messages' bodies, the longest first, made while they are taken. */
  readonly bodies: Iterable<string>;
}

type PlannedJob = Pick<
  Job,
  "jobId" | "spec" | "measured" | "computeSeconds" | "items" | "chunksPerMessage" | "ramp" | "output"
> &
  Partial<Pick<StoredJob, "submittedAtMs">>;

const FIRST_ROUND: Round = { round: 0, again: false };

/**
 * @example
 * const { job, kernel } = await loadJob({ kernel: "mandelbrot" }, "j", kernels);
 * planRound(job, kernel).figures.messages; // 5
 */
export function planRound(
  job: PlannedJob,
  kernel: LoadedKernel,
  { workers = DEFAULT_WORKERS, ...fleet }: Workforce = {},
  round: Round = FIRST_ROUND,
): RoundPlan {
  return planFleet(packRound(job, kernel, workers, round), fleet);
}

/** A round's messages, however many workers share them. */
export interface PackedRound {
  readonly messages: Messages;
  readonly workers: Workers;
  /** The work of its chunks. */
  readonly total: number;
  readonly size: JobSize;
  readonly arrayBytes: number;
  readonly messageBytes: number;
  readonly reports: Reports;
}

/** `estimated` is estimateWork's, where it is known from another plan of the job. */
export function packRound(
  job: PlannedJob,
  kernel: LoadedKernel,
  workers = DEFAULT_WORKERS,
  { round, again, missing, uploaded }: Round = FIRST_ROUND,
  estimated = estimateWork({ ...job.spec, measured: job.measured }, kernel),
): PackedRound {
  const { spec } = job;
  const layout = layoutOf(spec);
  const work = missing ? Float64Array.from(missing, (chunk) => estimated[chunk]!) : estimated;
  const threads = threadsFor(workers.memoryMb);
  const rate = threadRate(workers.memoryMb);
  const packing = packJob(job, kernel, workers, work);
  const issue = { round, again };
  const messages: Messages = { job, kernel, uploaded, issue, packing, missing, work, rate, threads };
  const total = sum(work);
  const units = missing ? sum(estimated) : total;
  const { memoryMb } = workers;
  const chunks = work.length;
  return {
    ...{ messages, workers, total },
    size: sizeOf({ job, kernel, units, ofChunks: layout.total, packing, chunks, threads, memoryMb }),
    arrayBytes: cellBytes(spec) * (missing ? elementsOf(layout, missing) : layout.elements),
    messageBytes: bytesOf(messages),
    reports: reportsOf(job, chunksOf(messages), packing.length),
  };
}

/** The plan of messages for one of the fleets that may share them. */
export function planFleet(
  { messages, workers, total, size, arrayBytes, messageBytes, reports }: PackedRound,
  { cap, collecting, expectedSeconds, timing }: Omit<Workforce, "workers"> = {},
): RoundPlan {
  const { job, kernel, issue, packing, work, rate } = messages;
  const chunks = work.length;
  const most = cap ?? NO_FLEET.cap;
  const ramp = chooseRamp(job.ramp, size, most);
  const drainers = drainersFor(job.ramp, size, most);
  const started = ramp === "burst" ? Math.min(drainers, most.burst) : 0;
  const fleet = cap ? fleetOf(size, cap, started) : size.messages;
  const busy = packing.total / rate;
  const heaviestMessage = packing.longest / rate;
  const makespan = Math.max(heaviestMessage, busy / fleet);

  const sent = {
    ...{ chunks, messages: size.messages, ...issue, arrayBytes, drainers: started },
    ...reports,
  };
  const figures: Plan = {
    ...{ chunks, messages: size.messages, workers: fleet },
    seconds: { compute: total / rate, busy, heaviestMessage, makespan },
    bytes: { array: arrayBytes, messages: messageBytes },
    requests: requestsOf(
      job,
      sent,
      timing ?? timingOf(sent, { workers: fleet, makespanSeconds: expectedSeconds ?? makespan }, collecting),
    ),
  };
  return {
    ...{ job, kernel, workers, figures, ramp, drainers },
    bodies: { [Symbol.iterator]: () => bodiesOf(messages) },
  };
}

interface Messages {
  readonly job: PlannedJob;
  readonly kernel: LoadedKernel;
  readonly uploaded: Uploaded | undefined;
  readonly issue: Issue;
  /** Its lists hold places in `missing` where that is given, else chunks; so does `work`. */
  readonly packing: Packing;
  readonly missing: readonly number[] | undefined;
  readonly work: Float64Array;
  readonly rate: number;
  readonly threads: number;
}

function* chunksOf({ packing, missing }: Messages): Generator<readonly number[]> {
  for (const places of packing) yield missing ? places.map((at) => missing[at]!) : places;
}

function* bodiesOf(messages: Messages): Generator<string> {
  const { packing, missing } = messages;
  const of = messageOf(messages);
  for (const places of packing) {
    const chunks = missing ? places.map((at) => missing[at]!) : places;
    yield chunkMessage(of, chunks, { estimatedMs: estimatedMs(messages, places) });
  }
}

function messageOf({ job, kernel, uploaded, issue }: Messages): MessageOf {
  return { jobId: job.jobId, ofJobMs: job.submittedAtMs, kernel: kernel.hash, uploaded, ...issue };
}

/** Only a worker whose threads may share the chunks is told. */
function estimatedMs({ work, rate, threads }: Messages, places: readonly number[]): number | undefined {
  if (threads === 1 || places.length === 1) return undefined;
  let units = 0;
  for (const place of places) units += work[place]!;
  return Math.round((1000 * units) / rate);
}

/** The bytes of all bodies. No body is made for it: they differ only in their indices and estimates. */
function bytesOf(messages: Messages): number {
  const { packing, missing, work, threads } = messages;
  const alike = chunkMessage(messageOf(messages), []).length;
  const commas = work.length - packing.length;
  const bytes = packing.length * alike + (missing ? digitsOf(missing) : digitsBelow(work.length)) + commas;
  return threads > 1 ? bytes + estimateBytes(messages) : bytes;
}

function estimateBytes(messages: Messages): number {
  let bytes = 0;
  for (const places of messages.packing) {
    const estimate = estimatedMs(messages, places);
    if (estimate !== undefined) bytes += `,"estimatedMs":${estimate}`.length;
  }
  return bytes;
}

function digitsOf(chunks: readonly number[]): number {
  return chunks.reduce((digits, chunk) => digits + String(chunk).length, 0);
}

/** The digits of all whole numbers from 0 on. */
function digitsBelow(end: number): number {
  let digits = end;
  for (let power = 10; power < end; power *= 10) digits += end - power;
  return digits;
}

function elementsOf(layout: Layout, chunks: readonly number[]): number {
  return chunks.reduce((elements, chunk) => elements + layout.chunk(chunk).elements, 0);
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
