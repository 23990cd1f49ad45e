import { once } from "node:events";
import type { EngineAsked } from "../../client/engines/engines.ts";
import { isJobHere } from "../../client/job-folder/job-folder.ts";
import { jobsMeant } from "../../client/jobs/meant-jobs.ts";
import { LivePage } from "../../client/watch/live-page.ts";
import { watchJob } from "../../client/watch/watch-job.ts";
import { describeError } from "../../shared/validation/errors.ts";
import { EXIT_CODES } from "../terminal/exit-codes.ts";
import { listenForInterruption } from "../terminal/interruption.ts";
import { openBrowser } from "../terminal/open-browser.ts";
import { jsonLine } from "../terminal/text.ts";

export interface WatchOptions extends EngineAsked {
  readonly open?: boolean;
  readonly json?: boolean;
}

/** `manyhands watch`: shows a job, running or ended, on a page of this machine until Ctrl-C. Returns the exit code. */
export async function watch(named: string, { open, json, ...asked }: WatchOptions): Promise<number> {
  const jobs = await jobsMeant(asked, isJobHere(named));
  return jobs.withJob(named, async (found) => {
    const { signal, over } = listenForInterruption();
    const say = (sentence: string) => process.stderr.write(`${sentence}\n`);
    const page = new LivePage(found.job, asked.engine, (error) => say(describeError(error)));
    try {
      const address = await page.address;
      if (!address) return EXIT_CODES.failed;
      const { url, entrance } = address;
      process.stdout.write(json ? jsonLine({ jobId: found.job.jobId, url }) : `${url}\n`);
      if (open !== false) openBrowser(entrance);
      if (!json) say("Ctrl-C ends the page.");
      const { state, summary } = await watchJob(found, page, signal);
      await page.end(state, summary, { signal });
      if (!signal.aborted) await once(signal, "abort");
      return 0;
    } catch (error) {
      if (signal.aborted) return 0;
      throw error;
    } finally {
      page.close();
      over();
    }
  });
}
