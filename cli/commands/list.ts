import { styleText } from "node:util";
import type { Engine } from "../../client/engines/engine.ts";
import { ENGINES, type EngineAsked, engineAsked } from "../../client/engines/engines.ts";
import type { JobStore, Listed, Listing, Unread } from "../../client/jobs/job-store.ts";
import { isUnread } from "../../client/jobs/latest-jobs.ts";
import { arrayShape } from "../../shared/array/grid.ts";
import { inWords } from "../../shared/record/attendance.ts";
import { count } from "../../shared/validation/counted.ts";
import { describeError } from "../../shared/validation/errors.ts";
import { printable } from "../../shared/validation/printable.ts";
import { usd } from "../../shared/validation/usd.ts";
import { wholeNumber } from "../request/numbers.ts";
import { printDebug } from "../terminal/debug.ts";
import { EXIT_CODES } from "../terminal/exit-codes.ts";
import { ago, columns, jsonLine, lasted, sizeOf } from "../terminal/text.ts";

/** Only those where the engine's jobs lie that is named, or implied; none: all. */
export interface ListOptions extends EngineAsked {
  readonly limit: string;
  readonly json?: boolean;
}

const MAX_LIMIT = 1000;
const DAMAGED_SUMMARY = "damaged summary";
const EXACT_BELOW_MS = 90_000;
const HEADINGS = ["JOB", "STATE", "CHUNKS", "KERNEL", "SIZE", "TIME", "COST ON AWS", "SUBMITTED"];

/**
 * `manyhands list`: the jobs in results/ and in the deployment's bucket, the latest first; what is no job is left out. Where no
 * engine was named, a place that cannot be asked is a note. Returns the exit code.
 */
export async function list({ limit, json, ...asked }: ListOptions): Promise<number> {
  const most = wholeNumber(limit, "--limit", MAX_LIMIT);
  const engine = engineAsked(asked);
  const isThere = (each: Engine) => !each.isRemote || each.hasUsualPlace || each.isNamed(asked);
  const engines = engine ? [engine] : [...ENGINES.values()].filter(isThere);
  const isElsewhere = engines.some((each) => each.isRemote && each.isNamed(asked));
  const rows: object[] = [];
  let code = 0;
  for (const open of new Set(engines.map(({ jobs }) => jobs))) {
    const jobs = await open(asked);
    try {
      const listing = await jobs.list(most);
      if (json) rows.push(...asRows(listing));
      else process.stdout.write(asText(listing));
    } catch (error) {
      if (engine) throw error;
      const isNothingSet = error instanceof Error && "isNothingSet" in error && error.isNothingSet;
      if (!(isNothingSet && isElsewhere)) noteOn(error, jobs);
      if (!isNothingSet) code = EXIT_CODES.badInput; // else a user who never set AWS up, who misses nothing
    }
  }
  if (json) process.stdout.write(jsonLine(rows));
  return code;
}

/** Says why a place's jobs are not among those listed. */
function noteOn(error: unknown, { owner }: JobStore): void {
  process.stderr.write(`No jobs of ${owner} are listed. ${describeError(error)}\n`);
  printDebug(error);
}

export function asRows({ latest, fieldsOf }: Listing): object[] {
  return latest.map((found) => ({ ...asRow(found), ...fieldsOf(found.jobId) }));
}

function asRow(found: Listed) {
  if (isUnread(found)) return found;
  const { jobId, state, chunks, summary, hasDamagedSummary, job, isUnattended } = found;
  return {
    ...{ jobId, state, chunks, submittedAtMs: job.submittedAtMs, kernel: job.spec.kernel },
    shape: arrayShape(job.spec),
    ...(summary && { makespanMs: summary.makespanMs }),
    ...(summary?.cost && { cost: { usd: summary.cost.usd, basis: summary.cost.basis } }),
    ...(isUnattended !== undefined && { isUnattended }),
    ...(hasDamagedSummary && { damaged: DAMAGED_SUMMARY }),
  };
}

export function asText({ latest, older, place }: Omit<Listing, "fieldsOf">): string {
  if (latest.length === 0) return `${printable(`No jobs in ${place} yet.`)}\n`;
  const more = older > 0 ? `and ${count(older)} older; --limit shows more\n` : "";
  const table = columns([HEADINGS, ...latest.map(asCells)]);
  const damages = latest.flatMap((found) =>
    isUnread(found) ? [`${found.jobId}: ${printable(whyUnread(found))}\n`] : [],
  );
  const title = styleText("bold", printable(`Jobs in ${place}`));
  return `${title}\n${table}${more}${damages.join("")}`;
}

const whyUnread = (found: Unread) => ("damaged" in found ? found.damaged : found.newer);

function asCells(found: Listed): string[] {
  if (isUnread(found)) return [found.jobId, "damaged" in found ? "damaged" : "newer version"];
  const { jobId, state, chunks, summary, hasDamagedSummary, job, isUnattended } = found;
  return [
    jobId,
    [
      state,
      ...(isUnattended ? [inWords(chunks)] : []),
      ...(chunks.failed > 0 ? [`${count(chunks.failed)} failed`] : []),
      ...(hasDamagedSummary ? [DAMAGED_SUMMARY] : []),
    ].join(", "),
    `${count(chunks.done)}/${count(chunks.total)}`,
    printable(job.spec.kernel),
    sizeOf(job.spec),
    summary ? lasted(summary.makespanMs, EXACT_BELOW_MS) : "",
    summary?.cost ? usd(summary.cost.usd) : "",
    ago(job.submittedAtMs),
  ];
}
