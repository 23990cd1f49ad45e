/** The cells on this machine: workers in slots, whose CPU a cgroup holds to Lambda's share from their first event on. */

import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { kernels } from "../../client/kernels/loader.ts";
import { uploadKey } from "../../shared/kernels/uploads.ts";
import { loadJob } from "../../shared/plan/resolve-job.ts";
import type { FileStore } from "../../shared/ports/file/file-store.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { ENV } from "../../shared/validation/env.ts";
import { KERNEL_FILES } from "../../tools/bundling/dist.ts";
import { type BuiltFile, buildFile } from "../../tools/kernels/build-file.ts";
import { ROOT } from "../measuring/machine.ts";
import { inTemporaryFolder } from "../measuring/temporary.ts";
import { openCpuShares } from "../throttled-slot/cpu-share.ts";
import { type Start, type WorkerOptions, withWorkers } from "../throttled-slot/worker.ts";
import { CELLS, type Cell, inBlocks, type Kernel } from "./cells.ts";
import { buildVariants } from "./variants/build.ts";
import { snapshotFault } from "./variants/snapshot.ts";

const BLOCKS = 15;
const SEED = 17;
/** Two chunks, of which each event computes one. */
const SMALL = { points: [20, 10], chunk: [10, 10] } as const;
const FROM_A_FILE = join(ROOT, "examples/kernels/magnets/magnets.ts");
const PARTS = ["host.js", "apart.js"];

/** A start by the index of its cell and the number of its block; times in ms. */
export interface Measured extends Start {
  readonly cell: number;
  readonly block: number;
}

export interface Here {
  readonly starts: readonly Measured[];
  /** The machine's load (1 minute) before and after. */
  readonly load: readonly [before: number, after: number];
  /** Why there are no figures of a startup snapshot, or null where there could be. */
  readonly snapshotFault: string | null;
}

/** Throws InvalidInputError where CPU time cannot be limited. */
export async function measureHere(): Promise<Here> {
  const before = loadavg()[0] ?? 0;
  const shares = openCpuShares();
  const starts = await inTemporaryFolder((folder) =>
    withWorkers(
      async ({ store, startOnce }) => {
        const bundles = await buildVariants(folder);
        const file = await buildFile(FROM_A_FILE);
        const jobs = await jobsOf(store, file);
        const zip = makeZip(folder, "zip", file.files);
        const zipWithout = makeZip(folder, "zip-without", []);
        const options = ({ memoryMb, bundle, kernel }: Cell): WorkerOptions => ({
          ...{ shares, memoryMb, bundle: bundles[bundle], isCached: bundle === "compiled code kept" },
          environment: {
            [ENV.kernelFiles]: kernel === "TypeScript" ? zip : zipWithout,
            // A worker rehearses by what it is told of its memory.
            ...(bundle === "rehearsed whatever the memory" && { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128" }),
          },
        });
        const measured: Measured[] = [];
        // The first block fills caches of this machine, and that of compiled code.
        for (const [block, cells] of inBlocks([...CELLS.keys()], BLOCKS + 1, SEED).entries()) {
          for (const cell of cells) {
            const { kernel } = CELLS[cell]!;
            const start = await startOnce(jobs[kernel], options(CELLS[cell]!));
            if (block > 0) measured.push({ cell, block, ...rounded(start) });
          }
          console.error(`block ${block} of ${BLOCKS}`);
        }
        return measured;
      },
      { tls: true },
    ),
  ).finally(() => shares.close());
  const fault = await inTemporaryFolder(async (folder) => snapshotFault(folder));
  return { starts, load: [before, loadavg()[0] ?? 0], snapshotFault: fault ?? null };
}

/** What lies beside the bundle in a zip: these artifacts, and what computes kernels from files. */
function makeZip(folder: string, name: string, artifacts: readonly string[]): string {
  const zip = join(folder, name);
  mkdirSync(zip);
  for (const file of [...PARTS, ...artifacts]) copyFileSync(join(KERNEL_FILES, file), join(zip, file));
  return zip;
}

async function jobsOf(
  store: FileStore,
  { name, hash, files }: BuiltFile,
): Promise<Record<Kernel, StoredJob>> {
  const [artifact = ""] = files;
  const bytes = readFileSync(join(KERNEL_FILES, artifact));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await store.put(uploadKey(sha256), bytes);
  const jobOf = async (request: { readonly kernel: string; readonly hash?: string }) => {
    const { job } = await loadJob({ ...SMALL, ...request }, "cold", kernels);
    return { ...job, submittedAtMs: 0 };
  };
  const fromFile = await jobOf({ kernel: name, hash });
  const uploaded = { ...fromFile, uploaded: { sha256 } };
  return { WebAssembly: await jobOf({ kernel: "mandelbrot" }), TypeScript: fromFile, uploaded };
}

function rounded({ init, first, second }: Start): Start {
  const ms = (value: number) => Math.round(10 * value) / 10;
  const each = ({ wallMs, cpuMs }: Start["init"]) => ({ wallMs: ms(wallMs), cpuMs: ms(cpuMs) });
  return { init: each(init), first: each(first), second: each(second) };
}
