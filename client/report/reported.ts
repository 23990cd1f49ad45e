/** What was reported of a job, from its store; the array's chunks are read where a tile was too large for its report. */
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
  /** All attempts that failed, the earliest first. */
  readonly failures: readonly AttemptFailure[];
  /** A worker's, where they say it. */
  readonly memoryMb: number | undefined;
}

/** Rejects as the store does. */
export async function readReported(job: StoredJob, store: StoreReader): Promise<Reported> {
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
      failures.push(failure);
      ledger.addFailure(failure, round);
    },
  });
  ledger.closeTimes(job.submittedAtMs);
  await sampleTiles(job, ledger, { store, clock: systemClock });
  return { ledger, failures: failures.sort((a, b) => a.failedAtMs - b.failedAtMs), memoryMb };
}
