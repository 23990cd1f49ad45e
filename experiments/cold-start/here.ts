/** The cells on this machine: workers in slots, whose CPU a cgroup holds to Lambda's share from their first event on. */

import { loadavg } from "node:os";
import { join } from "node:path";
import { uploadKey } from "../../shared/kernels/uploads.ts";
import { ENV } from "../../shared/validation/env.ts";
import { inTemporaryFolder } from "../measuring/temporary.ts";
import { openCpuShares } from "../throttled-slot/cpu-share.ts";
import { type Start, type WorkerOptions, withWorkers } from "../throttled-slot/worker.ts";
import { CELLS, type Cell, inBlocks } from "./cells.ts";
import { jobsOf, makeKernelFolder } from "./jobs.ts";
import { buildVariants } from "./variants/build.ts";
import { snapshotFault } from "./variants/snapshot.ts";

const BLOCKS = 15;
const SEED = 17;

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
        const made = await jobsOf();
        await store.put(uploadKey(made.sha256), made.bytes);
        const [withKernel, without] = [join(folder, "with-kernel"), join(folder, "without")];
        makeKernelFolder(withKernel, made);
        makeKernelFolder(without);
        const options = ({ memoryMb, bundle, kernel }: Cell): WorkerOptions => ({
          ...{ shares, memoryMb, bundle: bundles[bundle], isCached: bundle === "compiled code kept" },
          environment: {
            [ENV.kernelFiles]: kernel === "TypeScript" ? withKernel : without,
            // A worker rehearses by what it is told of its memory.
            ...(bundle === "rehearsed whatever the memory" && { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128" }),
          },
        });
        const measured: Measured[] = [];
        // The first block fills caches of this machine, and that of compiled code.
        for (const [block, cells] of inBlocks([...CELLS.keys()], BLOCKS + 1, SEED).entries()) {
          for (const cell of cells) {
            const { kernel } = CELLS[cell]!;
            const start = await startOnce(made.jobs[kernel], options(CELLS[cell]!));
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

function rounded({ init, first, second }: Start): Start {
  const ms = (value: number) => Math.round(10 * value) / 10;
  const each = ({ wallMs, cpuMs }: Start["init"]) => ({ wallMs: ms(wallMs), cpuMs: ms(cpuMs) });
  return { init: each(init), first: each(first), second: each(second) };
}
