import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { AnsweredRequest } from "../../../client/local/local-cloud.ts";
import { drainRequest } from "../../../shared/burst/drain-request.ts";
import { writeClaim } from "../../../shared/burst/drainer-claim.ts";
import { uploadKey } from "../../../shared/kernels/uploads.ts";
import { chunkMessage } from "../../../shared/messages/chunk-message.ts";
import { checkMessage } from "../../../shared/messages/chunk-report.ts";
import type { JobRequest } from "../../../shared/messages/job-request.ts";
import { jobKeys } from "../../../shared/ports/keys.ts";
import { putJson } from "../../../shared/ports/store.ts";
import { chunkKeys } from "../../../shared/record/array-keys.ts";
import { writeSubmission } from "../../../shared/record/control.ts";
import { ENV } from "../../../shared/validation/env.ts";
import { buildWasm } from "../../../tools/kernels/build-wasm.ts";
import { deployed, event, slotsOf } from "../deployed.ts";
import { folderWith } from "../kernel-file.ts";
import { resolvedJob } from "../kernels.ts";
import { misbehavingEngine, runEngine } from "../run-engine.ts";
import { temporaryFolder } from "../temporary.ts";
import { withoutKernels } from "../upload-site.ts";
import { MANIFEST, moduleOf, PRODUCT } from "../wasm-module.ts";
import { type Call, callOf } from "./call.ts";

/** 20 chunks in one message. The first fails each time, and the others are found stored or sent again alone. */
const POISON: JobRequest = {
  kernel: "poison",
  points: [50, 40],
  chunk: [10, 10],
  chunksPerMessage: 20,
};

/** 12 s of work for three workers: long enough for the drainer to have a successor, however late it begins. */
const SLOW: JobRequest = { ...POISON, kernel: "slow", chunk: [5, 10], chunksPerMessage: 1, ramp: "burst" };

/** 9 MB in one chunk: the worker's PUT of it and the export of the array are uploads in parts. */
const LARGE: JobRequest = {
  kernel: "mandelbrot",
  requestId: "large",
  inputs: { maxIterations: 5 },
  points: [1500, 1500],
  dtype: "uint32",
  chunk: [1500, 1500],
  codec: "none",
  ramp: "burst",
  output: { plots: false, npy: true },
};
const JOB = { ...resolvedJob(LARGE), submittedAtMs: 0 };
const KEYS = jobKeys(JOB.jobId);

/**
 * Runs the built stages through everything that they ever do. Gives each call they made, signed with the stage's name,
 * and the variables that their resources were known to them by. To be called in a test or beforeEach.
 */
export async function recordCalls(): Promise<{ calls: Call[]; environment: Record<string, string> }> {
  const calls: Call[] = [];
  const emulator = {
    onAnswered: (request: AnsweredRequest) => {
      const call = callOf(request);
      if (call) calls.push(call);
    },
  };
  for (const request of [{ kernel: "mandelbrot" }, POISON, LARGE])
    await runEngine(misbehavingEngine(emulator), request);
  const ramp = { acceleration: 1, burstConcurrency: 1 };
  await runEngine(misbehavingEngine({ ...emulator, ramp, timeoutMs: 2000 }), SLOW, { workers: 3 });
  // Then one stage at a time, with what a run on this machine has no reason to do.
  const [environment] = await Promise.all([
    ...[splitter(emulator), worker(emulator), aggregator(emulator), uploads(emulator)],
  ]);
  return { calls, environment: { ...environment, [ENV.workerFunctionName]: "worker" } };
}

type Emulator = Parameters<typeof deployed>[2];

/** A job that is submitted twice, with a check, as a run on this machine has none, and a claim that is long over. */
async function splitter(emulator: Emulator) {
  const { pool, settings, store } = await deployed("splitter", { [ENV.burstConcurrency]: "1" }, emulator);
  const claim = {
    version: 1,
    jobId: "earlier",
    group: "g",
    round: 0,
    drainers: 1,
    longestMs: 1,
    settled: true,
    expiresAtMs: 0,
  } as const;
  await writeClaim(store, claim);
  for (let time = 1; time <= 2; time++) await pool.invoke(LARGE);
  return settings;
}

/** A message that cannot be parsed, one of a newer release, a chunk that cannot be stored, and a drainer without a claim. */
async function worker(emulator: Emulator): Promise<void> {
  const { pool, cloud, folder, store } = await deployed("worker", {}, emulator);
  putInTheWay(folder, chunkKeys(JOB, 0)[0]!);
  await putJson(store, KEYS.job, JOB);
  const newer = JSON.stringify({ ...JSON.parse(chunkMessage(JOB, [0])), version: 99 });
  for (const body of ["not json", newer, chunkMessage(JOB, [0])])
    await pool.invoke(event(body, cloud.queues.chunks.arn));
  await pool.invoke(drainRequest({ jobId: "nobodys", group: "g" }, 1, true));
}

/** Jobs of an uploaded kernel that is there, and of one that is not. */
async function uploads(emulator: Emulator): Promise<void> {
  const environment = {
    [ENV.kernelUploads]: "wasm",
    [ENV.kernelFiles]: await withoutKernels(temporaryFolder()),
  };
  const { pool, cloud, folder, store } = await deployed("worker", environment, emulator);
  const stage = await slotsOf("splitter", { cloud, folder }, environment);
  const path = join(
    folderWith({ "product.wasm": moduleOf({ functions: [PRODUCT], manifest: MANIFEST }) }),
    "product.wasm",
  );
  const { artifact, hash } = await buildWasm(path);
  const uploaded = { sha256: createHash("sha256").update(artifact).digest("hex") };
  const absent = { sha256: "0".repeat(64) };
  await store.put(uploadKey(uploaded.sha256), artifact);
  const request = { kernel: "product", hash, requestId: "uploaded", points: [4, 4], chunk: [2, 2] };
  await stage.invoke({ ...request, uploaded });
  await stage.invoke({ ...request, requestId: "absent", uploaded: absent }).catch(() => {}); // refused
  const job = { jobId: "uploaded", kernel: hash };
  for (const body of [chunkMessage(job, [0]), chunkMessage({ ...job, uploaded: absent }, [1])])
    await pool.invoke(event(body, cloud.queues.chunks.arn));
}

/**
 * A message that cannot be parsed, a check before all is there, one that reissues a lost chunk, and a job that ends but
 * cannot be exported.
 */
async function aggregator(emulator: Emulator): Promise<void> {
  const { pool, cloud, folder, store } = await deployed("aggregator", {}, emulator);
  const { results, deadLetters } = cloud.queues;
  putInTheWay(folder, KEYS.npy);
  await putJson(store, KEYS.job, JOB);
  await writeSubmission(store, {
    ...{ version: 1, jobId: JOB.jobId, round: 0, chunks: 1, messages: 1, submittedAtMs: 0 },
    ...{ ramp: "mapping", drainers: 0, longestMs: 0 },
  });
  for (const [body, { arn }] of [
    ["not json", results],
    [checkMessage({ jobId: JOB.jobId, round: 0, turn: 0, emptySinceMs: 0, covered: 0 }), results],
    [chunkMessage(JOB, [0]), deadLetters],
    [checkMessage({ jobId: JOB.jobId, round: 0, turn: 1 }), results],
  ] as const)
    await pool.invoke(event(body, arn));
}

/** A folder where an object should go: an upload fails with its last request, and has to be given up. */
function putInTheWay(folder: string, key: string): void {
  mkdirSync(join(folder, key, "in-the-way"), { recursive: true });
}
