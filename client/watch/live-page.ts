import type { Worker } from "node:worker_threads";
import type { Summary } from "../../shared/record/summary.ts";
import type { ProgressListener } from "../engines/engine.ts";
import type { PageChange } from "../page/page-data.ts";
import type { WatchedJob } from "../page/started-page.ts";
import { startThread } from "../threads/start-thread.ts";
import { ReportFeed } from "./report-feed.ts";
import type { Answered, Told, WatchTask } from "./watch-thread.ts";

/** How long (ms) browsers may take to read the end of a page. */
const PATIENCE_MS = 2000;

export interface PageAddress {
  /** For as long as the page is served: a browser that knows it sees the page. */
  readonly url: string;
  /** Leads there once, for the command line of a browser, which other users of the machine see. */
  readonly entrance: string;
}

/** A job's page while it is served. What goes wrong with it is no matter of the job's: `onLost` hears of it, and nothing throws. */
export class LivePage {
  /** Resolves once it is served; to undefined if it cannot be. */
  readonly address: Promise<PageAddress | undefined>;
  /** What an engine tells. */
  readonly hears: Partial<ProgressListener>;
  readonly #thread: Worker;
  readonly #gone: Promise<void>;
  readonly #hasEnded = Promise.withResolvers<void>();

  constructor(job: WatchedJob, engine: string | undefined, onLost: (error: unknown) => void) {
    this.#thread = startThread("watch", { job, engine } satisfies WatchTask);
    const { promise: gone, resolve: onGone } = Promise.withResolvers<void>();
    this.#gone = gone;
    const { promise, resolve } = Promise.withResolvers<PageAddress | undefined>();
    this.address = promise;
    this.#thread.on("message", (answered: Answered) => {
      if ("url" in answered) resolve(answered);
      else this.#hasEnded.resolve();
    });
    this.#thread.on("error", onLost);
    this.#thread.on("exit", () => {
      onGone();
      resolve(undefined);
    });
    const feed = new ReportFeed(job.jobId, (report) => this.#tell({ report }));
    this.hears = {
      reported: (report) => this.#tell({ report }),
      buried: (buried) => this.#tell({ buried }),
      counted: (counted) => this.#tell({ counted }),
      looked: ({ store, segments }) => void feed.read(store, segments).catch(() => {}),
    };
  }

  /** Shows its state before its end. */
  becomes(state: string): void {
    this.#tell({ state });
  }

  /**
   * Shows how the job ended, and resolves once the browsers that are there have it, and at least `least` ones; after `patienceMs` whatever
   * they have, or once `signal` is aborted. The page stays served.
   */
  async end(
    state: string,
    summary?: Summary,
    { least = 0, patienceMs = PATIENCE_MS, signal = new AbortController().signal } = {},
  ): Promise<void> {
    const end: PageChange = { state, ...(summary && figuresOf(summary)) };
    this.#tell({ end, least, patienceMs });
    const { promise: aborted, resolve } = Promise.withResolvers<void>();
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve());
    await Promise.race([this.#hasEnded.promise, this.#gone, aborted]);
  }

  close(): void {
    void this.#thread.terminate();
  }

  #tell(told: Told): void {
    this.#thread.postMessage(told);
  }
}

/** Those of the summary that were only estimated before. */
function figuresOf({ chunks, failedAttempts, workers, coldStarts, cost }: Summary): PageChange {
  return {
    counts: { ...chunks, failedAttempts, workers, coldStarts },
    ...(cost && { cost: { usd: cost.usd, basis: cost.basis } }),
  };
}
