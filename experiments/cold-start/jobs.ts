/** The jobs whose first chunks a started worker computes, and the events that ask it to. */
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kernels } from "../../client/kernels/loader.ts";
import { loadJob } from "../../shared/plan/resolve-job.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { KERNEL_FILES } from "../../tools/bundling/dist.ts";
import { buildFile } from "../../tools/kernels/build-file.ts";
import { ROOT } from "../measuring/machine.ts";
import type { Kernel } from "./cells.ts";

/** Two chunks, of which each event computes one. */
const SMALL = { points: [20, 10], chunk: [10, 10], output: { plots: false } };
const FROM_A_FILE = join(ROOT, "examples/kernels/magnets/magnets.ts");

const PARTS = ["host.js", "apart.js"];

export interface Jobs {
  readonly jobs: Readonly<Record<Kernel, StoredJob>>;
  /** The built file's name below KERNEL_FILES, its bytes and their hash, under which they are uploaded. */
  readonly artifact: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/**
 * Makes the folder that lies beside the bundle in a zip: what computes kernels from files, and the kernel of the file where it
 * was deployed.
 */
export function makeKernelFolder(folder: string, deployed?: Pick<Jobs, "artifact" | "jobs">): void {
  mkdirSync(folder, { recursive: true });
  for (const name of [...PARTS, ...(deployed ? [deployed.artifact] : [])])
    copyFileSync(join(KERNEL_FILES, name), join(folder, name));
  if (!deployed) return;
  const { kernel, hash } = deployed.jobs.TypeScript.spec;
  writeFileSync(join(folder, "index.json"), JSON.stringify({ [kernel]: hash }));
}

export async function jobsOf(): Promise<Jobs> {
  const { name, hash, files } = await buildFile(FROM_A_FILE);
  const [artifact = ""] = files;
  const bytes = readFileSync(join(KERNEL_FILES, artifact));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const jobOf = async (request: { readonly kernel: string; readonly hash?: string }) => {
    const { job } = await loadJob({ ...SMALL, ...request }, "cold", kernels);
    return { ...job, submittedAtMs: 0 };
  };
  const fromFile = await jobOf({ kernel: name, hash });
  const uploaded = { ...fromFile, uploaded: { sha256 } };
  const jobs = { WebAssembly: await jobOf({ kernel: "mandelbrot" }), TypeScript: fromFile, uploaded };
  return { jobs, artifact, bytes, sha256 };
}
