import { chunkValues } from "../../functions/worker/values.ts";
import { differingCells } from "../../shared/array/cells.ts";
import { arraysOf } from "../../shared/array/spec.ts";
import { decodeChunk } from "../../shared/array/zarr-array.ts";
import type { ChunkArray } from "../../shared/kernels/dtype.ts";
import { chunkMessage, type MessageOf } from "../../shared/messages/chunk-message.ts";
import type { ChunkReport, ReportMessage } from "../../shared/messages/chunk-report.ts";
import { JobRequestSchema } from "../../shared/messages/job-request.ts";
import { loadJob } from "../../shared/plan/resolve-job.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { putJson, type Store } from "../../shared/ports/store.ts";
import { chunkKeys } from "../../shared/record/array-keys.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { reportChunk } from "../../shared/record/stored-chunk.ts";
import { parse } from "../../shared/validation/parse.ts";
import { kernels } from "../kernels/loader.ts";
import { expectThat } from "./failed-check.ts";

/** A job whose chunks are known: computed here, by the plain kernel, when a check asks for them. */
export class GoldenJob {
  readonly job: StoredJob;
  readonly #store: Store;
  readonly #compute: (chunk: number) => ChunkArray[];

  private constructor(job: StoredJob, store: Store, compute: (chunk: number) => ChunkArray[]) {
    this.job = job;
    this.#store = store;
    this.#compute = compute;
  }

  /** Stores the job.json of such a request. */
  static async submit(store: Store, request: object, jobId: string): Promise<GoldenJob> {
    const { job, kernel } = await loadJob(parse(JobRequestSchema, request, "golden job"), jobId, kernels);
    const stored = {
      ...job,
      declaration: kernel.declaration,
      submittedAtMs: Date.now(),
      madeBy: { version: "conform" },
    };
    await putJson(store, jobKeys(jobId).job, stored);
    return new GoldenJob(stored, store, (chunk) => chunkValues(job.spec, chunk, kernel, kernel.compute));
  }

  message(chunks: readonly number[], issue: Partial<MessageOf> = {}): string {
    const { jobId, submittedAtMs, spec } = this.job;
    return chunkMessage({ jobId, ofJobMs: submittedAtMs, kernel: spec.hash, ...issue }, chunks);
  }

  /** The chunk's keys, one a value. */
  keys(chunk: number): string[] {
    return chunkKeys(this.job, chunk);
  }

  values(chunk: number): ChunkArray[] {
    return this.#compute(chunk);
  }

  /** Throws FailedCheck where a value of the chunk is not stored, or not as the kernel gives it. */
  async expectStored(chunk: number): Promise<void> {
    const arrays = arraysOf(this.job.spec);
    for (const [k, key] of this.keys(chunk).entries()) {
      const bytes = await this.#store.get(key);
      expectThat(bytes !== undefined, `an object ${key}`, "none");
      let found: ChunkArray;
      try {
        found = decodeChunk(arrays[k]!, chunk, bytes);
      } catch (error) {
        expectThat(
          false,
          `${key} to be a whole chunk`,
          error instanceof Error ? error.message : String(error),
        );
      }
      const expected = this.values(chunk)[k]!;
      const { value: cell } = differingCells(expected, found).next();
      if (cell !== undefined)
        expectThat(false, `cell ${cell} of ${key} to be ${expected[cell]}`, `${found[cell]}`);
    }
  }

  /** Throws FailedCheck where the chunk is not reported once, with the statistics and the tile that follow from its values. */
  async expectReported(reports: readonly ReportMessage[], chunk: number, isComputed = true): Promise<void> {
    const found = reports.flatMap(({ chunks }) => chunks).filter((report) => report.chunk === chunk);
    expectThat(found.length === 1, `one report of chunk ${chunk}`, `${found.length}`);
    const [report] = found as [ChunkReport];
    const sizes = await Promise.all(
      this.keys(chunk).map(async (key) => (await this.#store.get(key))?.length ?? 0),
    );
    const storedBytes = sizes.reduce((sum, size) => sum + size, 0);
    const expected = reportChunk(this.job, chunk, { values: this.values(chunk), storedBytes }, null);
    for (const name of ["sum", "min", "max", "nonFinite", "tile", "storedBytes", "others"] as const) {
      const [wanted, given] = [expected[name], report[name]].map(
        (value) => JSON.stringify(value) ?? "nothing",
      );
      expectThat(given === wanted, `${name} of chunk ${chunk} to be ${short(wanted!)}`, short(given!));
    }
    const isMeasured = report.times !== null;
    expectThat(
      isMeasured === isComputed,
      `times of chunk ${chunk} to be ${isComputed ? "measured" : "null, as it was found and not computed"}`,
      JSON.stringify(report.times),
    );
  }
}

const short = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
