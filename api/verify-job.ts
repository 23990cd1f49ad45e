/** Stored chunks of a job computed again, and compared. */
import { randomInt } from "node:crypto";
import { InterruptedError } from "../client/engines/interrupted.ts";
import type { FoundJob, JobStore } from "../client/jobs/job-store.ts";
import { kernelOfJob } from "../client/kernels/kernel-of-job.ts";
import { pythonOf } from "../client/kernels/pythons.ts";
import { unlessAborted } from "../client/remote/unless-aborted.ts";
import { recomputeThreads } from "../client/verify/recompute-threads.ts";
import { type Sample, type Verification, type VerifyProgress, verify } from "../client/verify/verify.ts";
import { MAX_CHUNKS } from "../shared/array/job-limits.ts";
import { count, counted } from "../shared/validation/counted.ts";
import { InvalidInputError } from "../shared/validation/errors.ts";
import { show } from "../shared/validation/parse.ts";
import { expectArray } from "./expect-array.ts";
import type { VerifyOptions } from "./options.ts";
import { pathOfFile } from "./path-of-file.ts";
import { byField, type NameOf } from "./place.ts";

export interface Verified extends Verification, Pick<FoundJob, "job" | "site"> {
  readonly sample: Sample;
}

const DEFAULT_SAMPLE = 20;
const MAX_SEED = 2 ** 32 - 1;

/** Rejects with InvalidInputError, and with InterruptedError where the signal is aborted. */
export async function verifyJob(
  jobs: () => Promise<JobStore>,
  named: string,
  options: VerifyOptions,
  nameOf: NameOf = byField,
): Promise<Verified> {
  const sample = sampleOf(options, nameOf);
  const { signal = new AbortController().signal } = options;
  let latest: VerifyProgress = { compared: 0, unequal: 0, of: 0 };
  const onProgress = (progress: VerifyProgress) => {
    latest = progress;
    options.onProgress?.(progress);
  };
  const kernel = options.kernel === undefined ? undefined : pathOfFile(options.kernel, nameOf("kernel"));
  const threads = recomputeThreads();
  try {
    return await unlessAborted(signal, async () =>
      (await jobs()).withJob(named, async ({ job, store, site }) => {
        expectArray(job, "verify", "A task need not give the same twice.");
        const meant = await kernelOfJob(job, { kernel, python: options.python, toVerify: true });
        const python = pythonOf(meant.hash);
        const own = python && (await import("../client/verify/recompute-python.ts"));
        const ports = {
          ...{ ...threads, store, onProgress, kernel: meant },
          ...(own && { compare: own.comparingInPython(meant, python) }),
        };
        return { ...(await verify(job, sample, ports)), job, site, sample };
      }),
    );
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new InterruptedError(`Interrupted: ${textOf(latest)}.`, false, { cause: signal.reason });
  } finally {
    await threads.close();
  }
}

function textOf({ compared, unequal, of }: VerifyProgress): string {
  if (compared === 0) return "nothing was compared yet";
  const verdict = unequal === 0 ? "all equal" : `${count(unequal)} not equal`;
  return `${count(compared)} of ${counted(of, "chunk")} compared, ${verdict}`;
}

function sampleOf({ chunks = DEFAULT_SAMPLE, seed }: VerifyOptions, nameOf: NameOf): Sample {
  if (seed !== undefined && !isWhole(seed, 0, MAX_SEED))
    throw new InvalidInputError(nameOf("seed"), `a whole number from 0 to ${MAX_SEED}`, show(seed));
  if (chunks === "all") {
    if (seed === undefined) return "all";
    throw new InvalidInputError(nameOf("seed"), "left out where all chunks are compared", show(seed));
  }
  if (!isWhole(chunks, 1, MAX_CHUNKS))
    throw new InvalidInputError(
      nameOf("chunks"),
      `a whole number from 1 to ${MAX_CHUNKS}, or "all"`,
      show(chunks),
    );
  return { chunks, seed: seed ?? randomInt(MAX_SEED + 1) };
}

const isWhole = (value: unknown, least: number, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
