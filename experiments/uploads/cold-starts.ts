/** A worker's first message and its second, by where its kernel lies. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { kernels } from "../../client/kernels/loader.ts";
import { startBuiltCloud } from "../../client/local/built-cloud.ts";
import { settingsOf } from "../../client/local/pools.ts";
import { SlotPool } from "../../client/local/slots.ts";
import { uploadKey } from "../../shared/kernels/uploads.ts";
import { chunkMessage } from "../../shared/messages/chunk-message.ts";
import { loadJob } from "../../shared/plan/resolve-job.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { Folder } from "../../shared/ports/file/folder.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { putJson } from "../../shared/ports/store.ts";
import { findChunk } from "../../shared/record/stored-chunk.ts";
import { ENV } from "../../shared/validation/env.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";
import { KERNEL_FILES } from "../../tools/bundling/dist.ts";
import { type BuiltFile, buildFile } from "../../tools/kernels/build-file.ts";
import { ROOT } from "../measuring/machine.ts";
import { inTemporaryFolder } from "../measuring/temporary.ts";
import { COLD_STARTS } from "./page.ts";

const EXAMPLE = join(ROOT, "examples/kernels/magnets");
const PARTS = ["host.js", "apart.js"];

interface Variant {
  readonly variant: string;
  readonly built?: BuiltFile;
  readonly isUploaded?: boolean;
}

export const measureColdStarts = () => inTemporaryFolder(measureIn);

async function measureIn(compiled: string) {
  execFileSync(join(EXAMPLE, "build.sh"), [compiled]);
  const script = await buildFile(join(EXAMPLE, "magnets.ts"));
  const module = await buildFile(join(compiled, "assemblyscript/magnets.wasm"));
  const variants: readonly Variant[] = [
    { variant: "in the program" },
    { variant: "TypeScript, in the zip", built: script },
    { variant: "TypeScript, uploaded", built: script, isUploaded: true },
    { variant: "WebAssembly, in the zip", built: module },
    { variant: "WebAssembly, uploaded", built: module, isUploaded: true },
  ];
  const starts: { variant: string; coldMs: number; warmMs: number }[] = [];
  for (let repeat = -1; repeat < COLD_STARTS; repeat++) {
    for (const variant of variants) {
      const start = await inTemporaryFolder((folder) => startOnce(folder, variant));
      if (repeat >= 0) starts.push({ variant: variant.variant, ...start });
    }
  }
  return starts;
}

async function startOnce(folder: string, { built, isUploaded }: Variant) {
  const bundles = await ensureBundles();
  const bucket = join(folder, "bucket");
  const zip = join(folder, "zip");
  mkdirSync(zip);
  for (const name of [...PARTS, ...(built && !isUploaded ? built.files : [])])
    copyFileSync(join(KERNEL_FILES, name), join(zip, name));
  const store = new FileStore({ "": bucket });
  const request = {
    ...(built ? { kernel: built.name, hash: built.hash } : { kernel: "mandelbrot" }),
    ...{ points: [20, 10], chunk: [10, 10] },
  };
  const { job } = await loadJob(request, "cold", kernels);
  const uploaded = isUploaded && { uploaded: { sha256: await upload(store, built!) } };
  await putJson(store, jobKeys("cold").job, { ...job, submittedAtMs: 0, ...uploaded });
  const cloud = await startBuiltCloud(bundles.emulator, {
    ...{ folder: new Folder({ "": bucket }), visibilityTimeoutSeconds: 30, maxReceiveCount: 5 },
  });
  const pool = new SlotPool({
    ...{ name: "worker", max: 1, timeoutMs: 30_000, bundle: bundles.worker, program: bundles.slot },
    ...{ logFolder: join(folder, "logs"), cacheFolder: join(folder, "cache") },
    environment: {
      ...settingsOf("worker", cloud),
      ...{ [ENV.retryAfterSeconds]: "0", [ENV.kernelFiles]: zip, [ENV.kernelUploads]: "all" },
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "1769",
    },
  });
  const compute = async (chunk: number) => {
    const from = performance.now();
    await pool.invoke(event(chunkMessage({ jobId: "cold" }, [chunk]), cloud.queues.chunks.arn));
    return performance.now() - from;
  };
  try {
    const coldMs = await compute(0);
    const warmMs = await compute(1);
    // A chunk that failed was not computed: the figures would be those of an error.
    const stored = await Promise.all([0, 1].map((chunk) => findChunk(store, job, chunk)));
    if (!stored.every((each) => each)) throw new Error("Expected both chunks to be stored");
    return { coldMs, warmMs };
  } finally {
    await pool.close();
    await cloud.close();
  }
}

async function upload(store: FileStore, { files: [name = ""] }: BuiltFile): Promise<string> {
  const bytes = readFileSync(join(KERNEL_FILES, name));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await store.put(uploadKey(sha256), bytes);
  return sha256;
}

const event = (body: string, eventSourceARN: string) => ({
  Records: [
    {
      ...{ messageId: "m", receiptHandle: "r", body, eventSourceARN },
      attributes: { ApproximateReceiveCount: "1" },
    },
  ],
});
