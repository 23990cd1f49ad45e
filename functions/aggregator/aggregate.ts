import { layoutOf } from "../../shared/array/layout.ts";
import type { ChunkMessage } from "../../shared/messages/chunk-message.ts";
import type { ReportMessage } from "../../shared/messages/chunk-report.ts";
import { CHEAP_KEYS } from "../../shared/plan/looks.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { getParsed, type Store, type StoreReader } from "../../shared/ports/store.ts";
import { type Control, readChunkSet } from "../../shared/record/control.ts";
import { type StoredJob, StoredJobSchema } from "../../shared/record/job.ts";
import { readRounds } from "../../shared/record/rounds.ts";
import { readSegments, writeSegments } from "../../shared/record/segments.ts";
import { readStanding, type Standing } from "../../shared/record/standing.ts";
import { listChunks } from "../../shared/record/stored-chunk.ts";
import { readSummary, type Summary } from "../../shared/record/summary.ts";
import { MissingObjectError } from "../../shared/validation/errors.ts";
import { announceEnd } from "./announce.ts";
import { endedBy } from "./clocks.ts";
import { type Finished, finish } from "./finish.ts";
import { Ledger } from "./ledger.ts";
import type { AggregatePorts } from "./ports.ts";
import { MOST_REISSUES, reissue } from "./reissue.ts";
import { settle } from "./settle.ts";
import { SILENT_DEATH } from "./summarize.ts";

const CORRUPT = "The stored chunk is corrupt, however often it is stored";

/** Keeps reports of one job, and finishes the job if they make it complete. */
export async function aggregate(
  jobId: string,
  reports: readonly ReportMessage[],
  ports: AggregatePorts,
): Promise<Finished | undefined> {
  const now = ports.clock.epochMs();
  const { paying } = ports;
  const round = reports.reduce((latest, report) => Math.max(latest, report.round), 0);
  if (paying?.hasEnded(jobId) && !(await paying.mayKeep(await readJob(jobId, ports.store), round)))
    return undefined;
  const arrived = reports.map((report) => endedBy(report, now));
  const [job] = await Promise.all([readJob(jobId, ports.store), writeSegments(ports.store, jobId, arrived)]);
  const added = reports.reduce(
    (sum, { chunks, failures }) => sum + chunks.length + failures.filter(({ final }) => final).length,
    0,
  );
  return (await mayLook(job, round, ports)) ? finishIfDue(job, added, ports) : undefined;
}

/** A message that used up its attempts: each of its chunks is stored after all, or has failed. */
export async function buryDeadLetter(
  message: ChunkMessage,
  ports: AggregatePorts,
): Promise<Finished | undefined> {
  const job = await readJob(message.jobId, ports.store);
  if (!(await mayLook(job, message.round, ports))) return undefined;
  const { total } = layoutOf(job.spec);
  const chunks = message.chunks.filter((chunk) => chunk < total);
  await settle(job, message.round, chunks, SILENT_DEATH, ports);
  return finishIfDue(job, chunks.length, ports);
}

/** Whether the job's limit, if it has one, pays for a look. */
const mayLook = (job: StoredJob, round: number, { paying }: AggregatePorts) =>
  paying?.allows(job, round) ?? true;

/** The job as the splitter stored it. Throws MissingObjectError where it is not there. */
export async function readJob(jobId: string, store: Store): Promise<StoredJob> {
  const key = jobKeys(jobId).job;
  const job = await getParsed(store, key, StoredJobSchema);
  if (!job) throw new MissingObjectError(key);
  return job;
}

/**
 * All that was reported of the job so far, or when it stood so, of chunks that are stored. They are listed after the reports
 * were read, and each was stored before it was reported: none can be taken for absent.
 */
export async function readLedger(job: StoredJob, store: StoreReader, standing?: Standing): Promise<Ledger> {
  const ledger = await readReports(job, store, standing);
  ledger.keepOnly(await listChunks(store, job));
  return ledger;
}

/** All that was reported of the job, whether it is stored or not. */
export async function readReports(job: StoredJob, store: StoreReader, standing?: Standing): Promise<Ledger> {
  const layout = layoutOf(job.spec);
  const { control, segments } = standing ?? (await readStanding(store, job.jobId, layout.total));
  const reissues = await Promise.all(control.reissueKeys.map((key) => readChunkSet(store, key)));
  const ledger = new Ledger(job, {
    rounds: await readRounds(store, control),
    reissued: reissues.flatMap(({ chunks }) => chunks),
    isCancelled: control.isCancelled,
    batches: segments.reports.length + segments.failures.length,
  });
  await readSegments(store, job.jobId, segments, {
    report: (report) => ledger.addReport(report),
    failure: (failure, round) => ledger.addFailure(failure, round),
  });
  ledger.closeTimes(job.submittedAtMs);
  return ledger;
}

function isComplete(summary: Summary | undefined, round: number): boolean {
  return summary !== undefined && summary.chunks.done === summary.chunks.total && summary.round === round;
}

/**
 * Like `finishIfOver`, if a look is worth it: `added` more chunks may complete the job, or nothing else is on its way.
 */
async function finishIfDue(
  job: StoredJob,
  added: number,
  ports: AggregatePorts,
): Promise<Finished | undefined> {
  const { looks, results } = ports;
  const isDue = !looks || looks.isDue(job, added) || (await results.depth()).waiting === 0;
  return isDue ? (await finishIfOver(job, ports)).finished : undefined;
}

/** Finishes the job if nothing is to come for it any more, and announces its end. `known` is its control, where that was just read. */
export async function finishIfOver(job: StoredJob, ports: AggregatePorts, known?: Control): Promise<Over> {
  const over = await finishWhereOver(job, ports, known);
  if (over.isOver) await announceEnd(job.jobId, ports);
  return over;
}

interface Over {
  readonly finished?: Finished;
  readonly isOver: boolean;
  /** How the job stands, where that was looked up and it is not over. */
  readonly standing?: Standing;
}

/**
 * Finishes the job if nothing is to come for it any more. Counting keys is cheap and never says "too few" wrongly; only when
 * it says "enough", or the job was cancelled, are the bodies read.
 */
async function finishWhereOver(
  job: StoredJob,
  ports: AggregatePorts,
  known: Control | undefined,
): Promise<Over> {
  const { store } = ports;
  let finished: Finished | undefined;
  let first = known;
  for (let seen = 0; ; ) {
    const onLooked = ports.looks?.begin();
    const standing = await readStanding(store, job.jobId, layoutOf(job.spec).total, first);
    first = undefined;
    const { control, segments, covered } = standing;
    const { isCancelled, round, reissues } = control;
    const found = segments.reports.length + segments.failures.length;
    const needed = ports.looks?.needed(job, round) ?? standing.needed;
    onLooked?.(job, { round, keys: found, covered, needed });
    if (finished && found <= seen) return { finished, isOver: true };
    if (covered < needed && !isCancelled) return { isOver: false, standing };
    const earlier = await readSummary(store, job.jobId);
    const wasComplete = isComplete(earlier, round);
    // Late reports still matter. A second report of a reissued chunk tells what reissuing has saved. A worker with
    // other values than the stored ones must be heard.
    const mayChange =
      segments.failures.some(({ count }) => count > 0) || (reissues > 0 && found < CHEAP_KEYS);
    if (wasComplete && !mayChange) return { ...(finished && { finished }), isOver: true };
    const ledger = await readLedger(job, store, standing);
    const lacking = ledger.uncovered().reduce((count) => count + 1, 0);
    // Some came twice. Each that is missing will add to the count: until then there is nothing new to read.
    onLooked?.(job, { round, keys: found, covered, needed: covered + lacking });
    if (!isCancelled && lacking > 0) return { isOver: false, standing };
    const output = {
      ...job.output,
      ...(wasComplete && { plots: false }),
      // A cancelled job that lacks chunks is not exported until it is resumed.
      ...((wasComplete || lacking > 0) && { npy: false }),
    };
    const ended = await finish({ ...job, output }, ledger, ports, earlier?.cost);
    if ("corrupt" in ended) {
      if (reissues >= MOST_REISSUES) {
        await settle(job, round, ended.corrupt, CORRUPT, ports);
        continue;
      }
      await reissue(job, control, ended.corrupt, ports);
      return { isOver: false };
    }
    finished = ended;
    // While this drew, another may have finished with more, and this has just overwritten it: look again.
    seen = found;
  }
}
