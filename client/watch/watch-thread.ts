import { parentPort, workerData } from "node:worker_threads";
import { layoutOf } from "../../shared/array/layout.ts";
import type { ReportMessage } from "../../shared/messages/chunk-report.ts";
import type { Counted } from "../../shared/record/attendance.ts";
import { grown, type PageChange, type PageCost } from "../page/page-data.ts";
import { changeText, pageText } from "../page/page-text.ts";
import { startedPage, type WatchedJob } from "../page/started-page.ts";
import { EventStream } from "./event-stream.ts";
import { JobSoFar } from "./job-so-far.ts";
import { liveHtml } from "./live-html.ts";
import { servePage } from "./page-server.ts";

/** Changes of the page that browsers are sent at the most, whatever comes in. */
const CHANGES_A_SECOND = 5;

/** The thread's input. */
export interface WatchTask {
  readonly job: WatchedJob;
  readonly engine: string | undefined;
}

/** What the command tells the thread. */
export type Told =
  | { readonly report: ReportMessage }
  | { readonly buried: readonly number[] }
  | { readonly counted: Counted }
  | { readonly billed: PageCost }
  | { readonly state: string }
  /** The job's end, with what is known only now. Browsers to wait for, and how long (ms). */
  | { readonly end: PageChange; readonly least: number; readonly patienceMs: number };

/** What the thread answers: where the page is, once; and that its end has arrived. */
export type Answered = { readonly url: string; readonly entrance: string } | { readonly hasEnded: true };

/**
 * Serves a job's page. In a thread of its own: engine serial blocks the main thread for as long as a chunk takes, and on engine local that
 * is busy with queues and store.
 */
export async function serveWatching(): Promise<void> {
  const { job, engine } = workerData as WatchTask;
  let page = startedPage(job, engine, layoutOf(job.spec).total);
  const soFar = new JobSoFar(job, performance.now());
  const stream = new EventStream(() => pageText(page));
  const html = liveHtml();
  const answer = (message: Answered) => parentPort?.postMessage(message);
  const send = () => {
    const change = soFar.take(performance.now());
    if (!change) return false;
    page = grown(page, change);
    stream.send(() => changeText(change));
    return true;
  };
  const sending = setInterval(send, 1000 / CHANGES_A_SECOND);
  parentPort?.on("message", (told: Told) => {
    if ("report" in told) soFar.reported(told.report);
    else if ("buried" in told) soFar.buried(told.buried);
    else if ("counted" in told) soFar.counted(told.counted);
    else if ("billed" in told) soFar.billed(told.billed);
    else if ("state" in told) soFar.becomes(told.state);
    else {
      clearInterval(sending);
      while (send()); // what waited for its turn
      page = grown(page, { ...told.end, secondsLeft: null });
      void stream.end(told.least, told.patienceMs).then(() => answer({ hasEnded: true }));
    }
  });
  const { url, entrance } = await servePage({
    html: () => html,
    events: (response) => stream.open(response),
  });
  answer({ url, entrance });
}
