import { randomInt } from "node:crypto";
import { unlessAborted } from "../../client/cloud/unless-aborted.ts";
import { engineNamed } from "../../client/engines/engines.ts";
import type { FoundJob, JobPlace } from "../../client/jobs/job-store.ts";
import { kernelOfJob } from "../../client/kernels/kernel-of-job.ts";
import type { Comparison } from "../../client/verify/recompute.ts";
import { recomputeThreads } from "../../client/verify/recompute-threads.ts";
import { type Sample, type Verification, type VerifyProgress, verify } from "../../client/verify/verify.ts";
import { MAX_CHUNKS } from "../../shared/array/job-limits.ts";
import { count, counted } from "../../shared/validation/counted.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { printable } from "../../shared/validation/printable.ts";
import { wholeNumber } from "../request/numbers.ts";
import { EXIT_CODES } from "../terminal/exit-codes.ts";
import { listenForInterruption } from "../terminal/interruption.ts";
import { drawCount } from "../terminal/progress-bar.ts";
import { aligned, jsonLine } from "../terminal/text.ts";
import { expectArray } from "../../api/expect-array.ts";

export interface VerifyOptions extends JobPlace {
  readonly engine: string;
  readonly chunks?: string;
  readonly all?: boolean;
  readonly seed?: string;
  readonly kernel?: string;
  readonly json?: boolean;
}

interface Found extends Verification, Pick<FoundJob, "job" | "site"> {
  readonly sample: Sample;
}

export const DEFAULT_SAMPLE = 20;
const MAX_SEED = 2 ** 32 - 1;

/** `manyhands verify`: computes stored chunks again and compares. Returns the exit code. */
export async function verifyJob(name: string, options: VerifyOptions): Promise<number> {
  const sample = sampleOf(options);
  const { jobs } = engineNamed(options.engine);
  const { signal, over } = listenForInterruption();
  const bar = options.json ? undefined : drawCount("chunks compared");
  let latest: VerifyProgress = { compared: 0, unequal: 0, of: 0 };
  const onProgress = (progress: VerifyProgress) => {
    latest = progress;
    bar?.show(progress.compared, progress.of);
  };
  const threads = recomputeThreads();
  try {
    const found = await unlessAborted(signal, async () =>
      (await jobs(options)).withJob(name, async ({ job, store, site }): Promise<Found> => {
        expectArray(job, "verify", "A task need not give the same twice.");
        const kernel = await kernelOfJob(job, { ...options, toVerify: true });
        const ports = { ...threads, store, kernel, onProgress };
        return { ...(await verify(job, sample, ports)), job, site, sample };
      }),
    );
    bar?.clear();
    process.stdout.write(options.json ? jsonLine(asJson(found)) : asText(found));
    return exitCodeOfVerification(found);
  } catch (error) {
    bar?.clear();
    if (!signal.aborted) throw error;
    process.stderr.write(`Interrupted: ${progressText(latest)}.\n`);
    return EXIT_CODES.interrupted;
  } finally {
    await threads.close();
    over();
  }
}

function progressText({ compared, unequal, of }: VerifyProgress): string {
  if (compared === 0) return "nothing was compared yet";
  const verdict = unequal === 0 ? "all equal" : `${count(unequal)} not equal`;
  return `${count(compared)} of ${counted(of, "chunk")} compared, ${verdict}`;
}

function sampleOf({ chunks, all, seed }: VerifyOptions): Sample {
  if (all) {
    const other = chunks !== undefined ? "--chunks" : "--seed";
    if ((chunks ?? seed) !== undefined)
      throw new InvalidInputError("--all", `given without ${other}`, "both");
    return "all";
  }
  return {
    chunks: chunks === undefined ? DEFAULT_SAMPLE : wholeNumber(chunks, "--chunks", MAX_CHUNKS),
    seed: seed === undefined ? randomInt(MAX_SEED + 1) : seedOf(seed),
  };
}

function seedOf(text: string): number {
  const seed = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (seed <= MAX_SEED) return seed;
  throw new InvalidInputError("--seed", `a whole number from 0 to ${MAX_SEED}`, show(text));
}

/** What is wrong outweighs what is not there. */
function exitCodeOfVerification({ metadata, compared, missing }: Verification): number {
  if (metadata !== undefined || compared.some(({ is }) => is !== "equal")) return EXIT_CODES.failed;
  return missing.length > 0 ? EXIT_CODES.incomplete : EXIT_CODES.complete;
}

const those = <Is extends Comparison["is"]>(compared: readonly Comparison[], is: Is) =>
  compared.filter((one): one is Extract<Comparison, { is: Is }> => one.is === is);

function asJson({ job, site, sample, metadata, total, stored, compared, missing }: Found) {
  const without = <One extends { is: unknown }>({ is: _, ...rest }: One) => rest;
  return {
    ...{ jobId: job.jobId, place: site.place, seed: sample === "all" ? null : sample.seed },
    chunks: {
      ...{ total, stored, compared: compared.length },
      equal: those(compared, "equal").length,
    },
    different: those(compared, "different").map(without),
    corrupt: those(compared, "corrupt").map(without),
    unreadable: those(compared, "unreadable").map(without),
    missing,
    metadata: metadata ?? null,
  };
}

const SHOWN = 10;

function asText(found: Found): string {
  const { job, site, sample, metadata, total, stored, compared, missing } = found;
  const different = those(compared, "different");
  const corrupt = those(compared, "corrupt");
  const unreadable = those(compared, "unreadable");
  const equal = those(compared, "equal").length;
  const isWhole = sample === "all" || sample.chunks >= stored;
  const of = isWhole ? "all" : `${count(compared.length)} of`;
  const seed = isWhole ? "" : `, drawn by --seed ${sample.seed}`;
  const title = `${job.jobId} in ${site.place}: ${verdict(found)}`;
  const lines = aligned(title, [
    ["compared", `${of} ${count(stored)} that are stored, by the plain kernel, bit for bit${seed}`],
    ["equal", count(equal)],
    ["different", count(different.length)],
    ["corrupt", count(corrupt.length)],
    ...(unreadable.length > 0 ? [["refused", count(unreadable.length)] as const] : []),
    ["missing", `${count(missing.length)} of ${counted(total, "chunk")}`],
  ]);
  const details = [
    ...shown(different, ({ chunk, cells, of, at, stored, computed, storedChecksum, computedChecksum }) => {
      const which = `${count(cells)} of ${counted(of, "cell")}, first [${at.join(", ")}]`;
      return `chunk ${chunk} differs in ${which}: ${stored} is stored, ${computed} is computed (checksums ${storedChecksum} and ${computedChecksum})`;
    }),
    ...shown(corrupt, ({ chunk, why }) => `chunk ${chunk} is corrupt: ${printable(why)}`),
    ...shown(unreadable, ({ chunk, why }) => `chunk ${chunk} cannot be read: ${printable(why)}`),
    ...(missing.length > 0 ? [missingText(missing)] : []),
    ...(metadata === undefined ? [] : [printable(metadata)]),
  ];
  return [lines, ...details.map((line) => `  ${line}\n`)].join("");
}

function verdict({ metadata, compared, missing }: Verification): string {
  const wrong = compared.filter(({ is }) => is !== "equal").length;
  if (wrong > 0) return `${counted(wrong, "chunk")} not as computed`;
  if (metadata !== undefined) return "the array's metadata are not the job's";
  if (compared.length === 0) return "nothing to compare";
  return missing.length > 0 ? "equal as far as it is stored" : "equal";
}

function shown<Item>(items: readonly Item[], text: (item: Item) => string): string[] {
  const more = items.length - SHOWN;
  const lines = items.slice(0, SHOWN).map(text);
  return more > 0 ? [...lines, `and ${count(more)} more, see --json`] : lines;
}

function missingText(missing: readonly number[]): string {
  const more = missing.length - SHOWN;
  const named = missing.slice(0, SHOWN).join(", ");
  return `missing: chunk${missing.length === 1 ? "" : "s"} ${named}${more > 0 ? ` and ${count(more)} more, see --json` : ""}`;
}
