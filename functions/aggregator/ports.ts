import type { Registry } from "../../shared/kernels/registry.ts";
import type { JobEnded } from "../../shared/messages/job-ended.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import type { MeasuredQueue } from "../../shared/ports/queue.ts";
import type { Store } from "../../shared/ports/store.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import type { Billing } from "../billing.ts";
import type { Looks } from "./looks.ts";
import type { AggregatorSpending } from "./spending.ts";

/** The queue for chunks of the job. */
export const chunksOf = (
  { declaration }: Pick<StoredJob, "declaration">,
  { chunks, pythonChunks }: Pick<AggregatePorts, "chunks" | "pythonChunks">,
): MeasuredQueue => (declaration?.language === "python" && pythonChunks) || chunks;

/** What the aggregator works with. */
export interface AggregatePorts {
  readonly store: Store;
  readonly results: MeasuredQueue;
  /** The queue for chunks that are reissued. */
  readonly chunks: MeasuredQueue;
  /** In its place for kernels of Python, where their workers have a queue of their own. */
  readonly pythonChunks?: MeasuredQueue | undefined;
  readonly clock: Clock;
  /** For jobs of versions that had built-in kernels only: others bring their declaration. */
  readonly builtIns: Registry;
  readonly checkAfterSeconds: number;
  /** Absent where nothing is billed, as on this machine. */
  readonly billing?: Billing | undefined;
  /** What this environment remembers of earlier looks; without it every batch is followed by one. */
  readonly looks?: Looks | undefined;
  /** What jobs with a limit pay with; without it they pay for workers alone. */
  readonly paying?: AggregatorSpending | undefined;
  /** Tells of a job's end, to receivers outside; without it nothing is told. */
  readonly announce?: ((ended: Omit<JobEnded, "bucket">) => Promise<void>) | undefined;
}
