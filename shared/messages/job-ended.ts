/** An event of a pipeline, for the rules of an app: see FanOut's `onJobEnd`. */
export const JOB_ENDED = { source: "manyhands", detailType: "Job Ended" } as const;

/**
 * The detail of the event that says that a job has ended, when its summary is stored. It comes at least once for each
 * round and state, so a receiver may meet it twice; a job that is resumed, or whose last report was late, ends again.
 */
export interface JobEnded {
  readonly version: 1;
  readonly jobId: string;
  /** `incomplete`: some chunks failed. `failed`: none is stored. */
  readonly state: "complete" | "incomplete" | "failed" | "cancelled";
  /** True if some chunks failed, but no larger share of them than the request allowed. */
  readonly tolerated: boolean;
  /** 0 at first, and one more each time the job is resumed. */
  readonly round: number;
  /** The kernel's name, or the task's. */
  readonly kernel: string;
  /** The bucket that has the job, and its summary's key there. */
  readonly bucket: string;
  readonly summaryKey: string;
  readonly chunks: { readonly total: number; readonly done: number; readonly failed: number };
  /** Where the job maps a task over items: how many gave a value. */
  readonly items?: { readonly total: number; readonly given: number; readonly failed: number };
  /** Since the epoch. */
  readonly submittedAtMs: number;
  readonly makespanMs: number;
}
