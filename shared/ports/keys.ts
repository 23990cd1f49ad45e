/** Where everything of a job lies in the store. One prefix per job, the same on S3 and on disk. */
export const JOBS_PREFIX = "jobs/";
export const jobPrefix = (jobId: string) => `${JOBS_PREFIX}${jobId}/`;

export const jobKeys = (jobId: string) => {
  const prefix = jobPrefix(jobId);
  return {
    job: `${prefix}job.json`,
    submitted: `${prefix}submitted.json`,
    control: `${prefix}control/`,
    array: `${prefix}array/`,
    zarr: `${prefix}array/zarr.json`,
    reports: `${prefix}reports/`,
    failures: `${prefix}failures/`,
    summary: `${prefix}summary.json`,
    npy: `${prefix}result.npy`,
    picture: (name: string) => `${prefix}${name}.png`,
  };
};

const RECORD = /^jobs\/[^/]+\/(?:(?:job|submitted|summary|array\/zarr)\.json|control\/[^/]+)$/;

/** Whether it is one of the small objects that a job's promises rest on: once stored, they outlast a power cut. */
export const isRecord = (key: string) => RECORD.test(key);
/** Whether it is the object that says what became of all the others of its job. */
export const isSummary = (key: string) => isRecord(key) && key.endsWith("/summary.json");

/** Messages nobody could parse, kept for whoever wonders. */
export const rejectedKey = (messageId: string) => `rejected/${messageId.replace(/[^A-Za-z0-9-]/g, "_")}`;
