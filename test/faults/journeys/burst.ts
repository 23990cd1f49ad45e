/** `burst.ts <request as JSON> <folder>`: a job with a burst, played locally, as the tests have it. */

import { Progress } from "../../../api/progress.ts";
import { localEngine } from "../../../client/engines/local.ts";
import { JOB_ID } from "./journey-jobs.ts";

const [request = "", folder = ""] = process.argv.slice(2);
const WORKERS = 4;
/** After a worker died its message is hidden for six times as long. */
const TIMEOUT_MS = 2000;

const engine = localEngine({
  ...{ retryAfterSeconds: 0, timeoutMs: TIMEOUT_MS },
  ramp: { acceleration: 1, burstConcurrency: WORKERS - 1 },
});
const { summary } = await engine({
  ...{ jobId: JOB_ID, request: { ...JSON.parse(request), ramp: "burst" }, folder, workers: WORKERS },
  ...{ progress: new Progress(1, 1), signal: new AbortController().signal },
});
process.exitCode = summary.state === "complete" ? 0 : 3;
