import type { AttemptFailure, ReportMessage } from "../../shared/messages/chunk-report.ts";
import type { StoreReader } from "../../shared/ports/store.ts";
import { readSegments, type Segments } from "../../shared/record/segments.ts";

/** Objects that are read after a look: with a look a second, that many GETs a second. */
const READS_A_LOOK = 20;
const NOBODY = { requestId: "", logStream: "", coldStart: false, initMs: null } as const;

/**
 * Reads the reports of a job that runs elsewhere, each once and a bounded number after each look. Where more came, those that are read are
 * spread over all of them: the array fills everywhere at once.
 */
export class ReportFeed {
  readonly #jobId: string;
  readonly #onReport: (report: ReportMessage) => void;
  readonly #read = new Set<string>();
  #isReading = false;

  constructor(jobId: string, onReport: (report: ReportMessage) => void) {
    this.#jobId = jobId;
    this.#onReport = onReport;
  }

  /** Resolves to how many are still unread. While it reads, another call reads nothing. Throws the store's errors. */
  async read(store: Pick<StoreReader, "get">, segments: Segments, most = READS_A_LOOK): Promise<number> {
    const unread = (some: Segments["reports"]) => some.filter(({ key }) => !this.#read.has(key));
    const [reports, failures] = [unread(segments.reports), unread(segments.failures)];
    const left = reports.length + failures.length;
    if (this.#isReading || left === 0) return left;
    this.#isReading = true;
    try {
      // Failures are few: at most half of what is read.
      const failed = spread(failures, Math.max(Math.floor(most / 2), most - reports.length));
      const chosen = { reports: spread(reports, most - failed.length), failures: failed };
      for (const { key } of [...chosen.reports, ...chosen.failures]) this.#read.add(key);
      await readSegments(store, this.#jobId, chosen, {
        report: this.#onReport,
        failure: (failure, round) => this.#onReport(this.#failed(failure, round)),
      });
      return left - chosen.reports.length - chosen.failures.length;
    } finally {
      this.#isReading = false;
    }
  }

  #failed(failure: AttemptFailure, round: number): ReportMessage {
    return {
      ...{ kind: "report", version: 1, jobId: this.#jobId, round, worker: NOBODY },
      ...{ chunks: [], failures: [failure] },
    };
  }
}

/** At most that many of the items, evenly spread over them. */
export function spread<Item>(items: readonly Item[], most: number): Item[] {
  const count = Math.min(items.length, most);
  return Array.from({ length: count }, (_, k) => items[Math.floor((k * items.length) / count)]!);
}
