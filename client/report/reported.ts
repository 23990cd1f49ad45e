/** What was reported of a job, from its store. */
import { sampleTiles } from "../../functions/aggregator/finish.ts";
import { Ledger } from "../../functions/aggregator/ledger.ts";
import { layoutOf } from "../../shared/array/layout.ts";
import type { AttemptFailure } from "../../shared/messages/chunk-report.ts";
import { systemClock } from "../../shared/ports/clock.ts";
import type { StoreReader } from "../../shared/ports/store.ts";
import { readControl } from "../../shared/record/control.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { readRounds } from "../../shared/record/rounds.ts";
import { listSegments, readSegments } from "../../shared/record/segments.ts";

export interface Reported {
  readonly ledger: Ledger;
  /** All attempts that failed and count, the earliest first. */
  readonly failures: readonly AttemptFailure[];
  /** A worker's, where they say it. */
  readonly memoryMb: number | undefined;
  /** How many chunks the overview lacks although they are stored: too large for their reports, and not read. */
  readonly unread: number;
}

/** Reads the chunks themselves, too, where a tile was too large for its report, if `isHere`. Rejects as the store does. */
export async function readReported(
  job: StoredJob,
  store: StoreReader,
  { isHere }: { readonly isHere: boolean },
): Promise<Reported> {
  const { jobId } = job;
  const [control, segments] = await Promise.all([
    readControl(store, jobId),
    listSegments(store, jobId, layoutOf(job.spec).total),
  ]);
  const { isCancelled } = control;
  const ledger = new Ledger(job, { rounds: await readRounds(store, control), reissued: [], isCancelled });
  const failures: AttemptFailure[] = [];
  let memoryMb: number | undefined;
  await readSegments(store, jobId, segments, {
    report: (report) => {
      memoryMb = report.worker.memoryMb ?? memoryMb;
      ledger.addReport(report);
    },
    failure: (failure, round) => {
      if (ledger.addFailure(failure, round)) failures.push(failure);
    },
  });
  ledger.closeTimes(job.submittedAtMs);
  if (isHere) await sampleTiles(job, ledger, { store, clock: systemClock });
  failures.sort((a, b) => a.failedAtMs - b.failedAtMs);
  return { ledger, failures, memoryMb, unread: isHere ? 0 : ledger.withoutTile.size };
}
