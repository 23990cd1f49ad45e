import type { Begun } from "../../api/compute.ts";
import { LivePage } from "../../client/watch/live-page.ts";
import type { Summary } from "../../shared/record/summary.ts";
import { describeError } from "../../shared/validation/errors.ts";
import { openBrowser } from "../terminal/open-browser.ts";

/** How long (ms) a run that has ended waits for the browser that it opened: one that starts takes some seconds. */
const BROWSER_MS = 10_000;

export interface ShownPage {
  /** Resolves once the browsers show the end, which they keep without us. */
  end(state: string, summary: Summary | undefined, signal: AbortSignal): Promise<void>;
}

/** Shows a job that begins on a page of this machine. */
export function showPage(
  { job, engine, progress }: Begun,
  opens: boolean,
  say: (sentence: string) => void,
): ShownPage {
  const watched = { ...job, submittedAtMs: job.submittedAtMs ?? Date.now() };
  const page = new LivePage(watched, engine.name, (error) =>
    say(`The page is gone, the job goes on: ${describeError(error)}`),
  );
  progress.also = page.hears;
  let hasOpened = false;
  const told = page.address.then((address) => {
    if (!address) return;
    say(`Watch it: ${address.url}`);
    hasOpened = opens && openBrowser(address.entrance);
  });
  return {
    async end(state, summary, signal) {
      await told;
      progress.also = undefined;
      await page.end(state, summary, { signal, ...(hasOpened && { least: 1, patienceMs: BROWSER_MS }) });
      page.close();
    },
  };
}
