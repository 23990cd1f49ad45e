import { verificationOf } from "../../api/verification.ts";
import { type Verified, verifyJob as verify } from "../../api/verify-job.ts";
import { DEFAULT_ENGINE, type EngineAsked, engineAsked, engineNamed } from "../../client/engines/engines.ts";
import { InterruptedError } from "../../client/engines/interrupted.ts";
import type { Comparison } from "../../client/verify/recompute.ts";
import type { Verification, VerifyProgress } from "../../client/verify/verify.ts";
import { count, counted } from "../../shared/validation/counted.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { printable } from "../../shared/validation/printable.ts";
import { optionName } from "../request/input-option.ts";
import { numberOrText } from "../request/numbers.ts";
import { EXIT_CODES } from "../terminal/exit-codes.ts";
import { listenForInterruption } from "../terminal/interruption.ts";
import { drawCount } from "../terminal/progress-bar.ts";
import { aligned, jsonLine } from "../terminal/text.ts";

export interface VerifyOptions extends EngineAsked {
  readonly chunks?: string;
  readonly all?: boolean;
  readonly seed?: string;
  readonly kernel?: string;
  readonly json?: boolean;
}

/** `manyhands verify`: computes stored chunks again and compares. Returns the exit code. */
export async function verifyJob(name: string, options: VerifyOptions): Promise<number> {
  const sample = sampleOf(options);
  const { jobs } = engineAsked(options) ?? engineNamed(DEFAULT_ENGINE);
  const { signal, over } = listenForInterruption();
  const bar = options.json ? undefined : drawCount("chunks compared");
  const onProgress = ({ compared, of }: VerifyProgress) => bar?.show(compared, of);
  try {
    const found = await verify(
      () => jobs(options),
      name,
      { ...sample, kernel: options.kernel, signal, onProgress },
      optionName,
    );
    bar?.clear();
    process.stdout.write(options.json ? jsonLine(asJson(found)) : asText(found));
    return exitCodeOfVerification(found);
  } catch (error) {
    bar?.clear();
    if (!(error instanceof InterruptedError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return EXIT_CODES.interrupted;
  } finally {
    over();
  }
}

function sampleOf({ chunks, all, seed }: VerifyOptions) {
  const other = chunks !== undefined ? "--chunks" : "--seed";
  if (all && (chunks ?? seed) !== undefined)
    throw new InvalidInputError("--all", `given without ${other}`, "both");
  return { chunks: all ? ("all" as const) : numberOrText(chunks), seed: numberOrText(seed) };
}

/** What is wrong outweighs what is not there. */
function exitCodeOfVerification({ metadata, compared, missing }: Verification): number {
  if (metadata !== undefined || compared.some(({ is }) => is !== "equal")) return EXIT_CODES.failed;
  return missing.length > 0 ? EXIT_CODES.incomplete : EXIT_CODES.complete;
}

const those = <Is extends Comparison["is"]>(compared: readonly Comparison[], is: Is) =>
  compared.filter((one): one is Extract<Comparison, { is: Is }> => one.is === is);

function asJson(found: Verified) {
  const { isEqual, seed, metadata, ...findings } = verificationOf(found);
  const { job, site } = found;
  return {
    ...{ jobId: job.jobId, place: site.place, seed: seed ?? null },
    ...findings,
    metadata: metadata ?? null,
  };
}

const SHOWN = 10;

function asText(found: Verified): string {
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
