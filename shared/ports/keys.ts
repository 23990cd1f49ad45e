/** The keys of a job's objects in the store: one prefix per job, the same on S3 and on disk. */
export const JOBS_PREFIX = "jobs/";
export const jobPrefix = (jobId: string) => `${JOBS_PREFIX}${jobId}/`;

export const jobKeys = (jobId: string) => {
  const prefix = jobPrefix(jobId);
  return {
    job: `${prefix}job.json`,
    submitted: `${prefix}submitted.json`,
    control: `${prefix}control/`,
    array: `${prefix}array/`,
    items: `${prefix}items/`,
    results: `${prefix}results/`,
    joined: `${prefix}results.jsonl`,
    zarr: `${prefix}array/zarr.json`,
    spend: `${prefix}spend/`,
    reports: `${prefix}reports/`,
    failures: `${prefix}failures/`,
    lacking: `${prefix}lacking.json`,
    summary: `${prefix}summary.json`,
    npy: `${prefix}result.npy`,
    picture: (name: string, extension = "png") => `${prefix}${name}.${extension}`,
  };
};

const RECORD = /^jobs\/[^/]+\/(?:(?:job|summary)\.json|(?:control|spend)\/[^/]+)$/;

/**
 * Whether it is a small object that a job's promises rest on: once stored, these outlast a power cut. What can be made again of them (the
 * group's metadata, submitted.json) is flushed with all the rest before the summary.
 */
export const isRecord = (key: string) => RECORD.test(key);
/** Whether it is the object that vouches for all the others of its job. */
export const isSummary = (key: string) => isRecord(key) && key.endsWith("/summary.json");

/** The key of a message that cannot be parsed, kept for a person to look at. */
export const rejectedKey = (messageId: string) => `rejected/${messageId.replace(/[^A-Za-z0-9-]/g, "_")}`;
