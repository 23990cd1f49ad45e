import type { FoundJob } from "../../client/jobs/job-store.ts";
import { grown, type PageData } from "../../client/page/page-data.ts";
import { startedPage } from "../../client/page/started-page.ts";
import { JobSoFar } from "../../client/watch/job-so-far.ts";
import { watchJob } from "../../client/watch/watch-job.ts";
import { layoutOf } from "../../shared/array/layout.ts";
import type { ReportMessage } from "../../shared/messages/chunk-report.ts";
import type { Counted } from "../../shared/record/attendance.ts";

/** Watches a job as `watch` does, without a thread and a browser. `onLook` hears what the page shows after each look's counts. */
export function watchShown(
  found: FoundJob,
  { onLook = (_: PageData) => {}, settledMs = 0, signal = new AbortController().signal } = {},
) {
  const { job } = found;
  let shown = startedPage(job, undefined, layoutOf(job.spec).total);
  const soFar = new JobSoFar(job, 0);
  let nowMs = 0;
  const page = () => {
    for (let change = soFar.take(nowMs); change; change = soFar.take(nowMs)) shown = grown(shown, change);
    return shown;
  };
  const hears = {
    reported: (report: ReportMessage) => soFar.reported(report),
    counted: (state: Counted) => {
      nowMs += 1000;
      soFar.counted(state);
      onLook(page());
    },
  };
  const becomes = (state: string) => soFar.becomes(state);
  return { page, ended: watchJob(found, { hears, becomes }, signal, settledMs) };
}

/** Cells of the first value that did not come. */
export const holesOf = ({ values }: PageData): number =>
  values[0]!.cells.reduce((sum, cell) => sum + Number(Number.isNaN(cell)), 0);
