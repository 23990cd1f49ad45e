import { arraysOf } from "../../shared/array/spec.ts";
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import { checkSpec } from "../../shared/plan/check-spec.ts";
import { inLanes } from "../../shared/ports/lanes.ts";
import type { StoreReader } from "../../shared/ports/store.ts";
import { chunkKeys } from "../../shared/record/array-keys.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { listChunks, readEncoded } from "../../shared/record/stored-chunk.ts";
import { describeError } from "../../shared/validation/errors.ts";
import { seededRandom } from "../local/seeded-random.ts";
import { groupFaults } from "./group-faults.ts";
import type { Comparison } from "./recompute.ts";
import type { RecomputeTask } from "./recompute-thread.ts";

/** A number of the stored chunks, drawn by a seed; or all of them. */
export type Sample = "all" | { readonly chunks: number; readonly seed: number };

export interface VerifyPorts {
  readonly store: StoreReader;
  /** The job's own. */
  readonly kernel: LoadedKernel;
  /** Computes a chunk again and compares it with its stored bytes. */
  readonly compare: (task: RecomputeTask) => Promise<Comparison>;
  /** The number of chunks that are read and compared at the same time. */
  readonly lanes: number;
  /** Called before the first chunk is compared and after each one. */
  readonly onProgress: (done: VerifyProgress) => void;
}

export interface VerifyProgress {
  readonly compared: number;
  readonly unequal: number;
  readonly of: number;
}

export interface Verification {
  /**
   * Faults of the metadata that tells a reader what the array's bytes mean, object by object; undefined if there are
   * none.
   */
  readonly metadata: string | undefined;
  readonly total: number;
  readonly stored: number;
  /** In the order of the chunks, like `missing`. */
  readonly compared: readonly Comparison[];
  readonly missing: readonly number[];
}

/**
 * Compares the array's metadata, its coordinates and a sample of a job's stored chunks with their expected values.
 * Lists all missing chunks, not only sampled ones. A chunk that cannot be read is one more finding. Throws
 * InvalidInputError for a job that the kernels cannot compute.
 */
export async function verify(
  job: StoredJob,
  sample: Sample,
  { store, kernel, compare, lanes, onProgress }: VerifyPorts,
): Promise<Verification> {
  const { spec } = job;
  checkSpec(spec, kernel);
  const faults = await groupFaults(store, job, job.declaration ?? kernel.declaration);
  const isStored = await listChunks(store, job);
  const all = [...isStored.keys()];
  const stored = all.filter((chunk) => isStored[chunk]);
  const missing = all.filter((chunk) => !isStored[chunk]);
  const chosen = sample === "all" ? stored : drawn(stored, sample.chunks, sample.seed);

  const compareStored = async (chunk: number): Promise<Comparison | undefined> => {
    const arrays = arraysOf(spec);
    let encoded: (Uint8Array | undefined)[];
    try {
      const keys = chunkKeys(job, chunk);
      encoded = await Promise.all(keys.map((key, k) => readEncoded(store, key, arrays[k]!)));
    } catch (error) {
      return { chunk, is: "unreadable", why: describeError(error) };
    }
    const whole = encoded.filter((bytes) => bytes !== undefined);
    if (whole.length < encoded.length) return undefined;
    const { name, hash } = kernel;
    return compare({ spec, kernel: { name, hash }, chunk, encoded: whole });
  };

  let [done, unequal] = [0, 0];
  const report = () => onProgress({ compared: done, unequal, of: chosen.length });
  report();
  const compared = await inLanes(chosen, lanes, async (chunk) => {
    const comparison = await compareStored(chunk);
    if (!comparison)
      missing.push(chunk); // deleted since the listing
    else if (comparison.is !== "equal") unequal++;
    done++;
    report();
    return comparison;
  });
  return {
    metadata: faults.length > 0 ? faults.join("; ") : undefined,
    total: isStored.length,
    stored: stored.length,
    compared: compared.filter((comparison) => comparison !== undefined),
    missing: missing.sort((a, b) => a - b),
  };
}

/**
 * At most `most` of the items, each equally likely, in their order; the same items for the same seed.
 * @example
 * drawn([1, 2, 3, 4, 5], 2, 7); // two of them, ascending
 */
export function drawn(items: readonly number[], most: number, seed: number): number[] {
  const random = seededRandom(seed);
  const rest = [...items];
  const count = Math.min(most, rest.length);
  for (let k = 0; k < count; k++) {
    const at = k + Math.floor(random() * (rest.length - k));
    [rest[k], rest[at]] = [rest[at]!, rest[k]!];
  }
  return rest.slice(0, count).sort((a, b) => a - b);
}
