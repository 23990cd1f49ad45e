/** Many environments that start at once. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Cloud } from "../../client/cloud/cloud.ts";
import { submitJob } from "../../client/cloud/invoke.ts";
import { type PlatformReport, platformReport } from "../../client/cloud/report-lines.ts";
import { GetFunctionConfigurationCommand } from "../../client/cloud/sdk.ts";
import { paginateFilterLogEvents } from "../../client/cloud/watching-sdk.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import { readSummary } from "../../shared/record/summary.ts";

/** Seconds of work in 400 messages. */
const BURST: JobRequest = {
  ...{ kernel: "mandelbrot", points: [400, 400], chunk: [20, 20], inputs: { maxIterations: 100_000 } },
  ...{ ramp: "burst", chunksPerMessage: 1, output: { plots: false } },
};
const POLL_MS = 1_000;
const MOST_POLLS = 300;

/** Submits a job whose workers the splitter starts, waits for its end, and reads what Lambda reports of them. */
export async function startBurst(cloud: Cloud): Promise<PlatformReport[]> {
  const jobId = `burst-${randomUUID()}`;
  const fromMs = Date.now();
  await submitJob(cloud, { ...BURST, requestId: jobId });
  let reports: PlatformReport[] = [];
  for (let poll = 0; poll < MOST_POLLS; poll++) {
    await sleep(POLL_MS);
    if (!(await readSummary(cloud.store, jobId))) continue;
    // Drainers end, and logs arrive, later than the job: until nothing more comes.
    const found = await reportsSince(cloud, fromMs);
    if (found.length > 0 && found.length === reports.length) break;
    reports = found;
  }
  await removeOnceEnded(cloud, jobId);
  return reports;
}

async function reportsSince({ clients, deployment }: Cloud, startTime: number): Promise<PlatformReport[]> {
  const { logs } = await clients.watching();
  const { LoggingConfig } = await clients.lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: deployment.worker }),
  );
  const logGroupName = LoggingConfig?.LogGroup ?? `/aws/lambda/${deployment.worker}`;
  const reports: PlatformReport[] = [];
  for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, { logGroupName, startTime }))
    for (const { message = "" } of events)
      reports.push(...[platformReport(message)].filter((report) => report !== undefined));
  return reports.filter(({ initMs }) => initMs !== undefined);
}

/** Waits for the job's summary, which its aggregator writes last, and removes the job. */
export async function removeOnceEnded(cloud: Cloud, jobId: string): Promise<void> {
  for (let poll = 0; poll < MOST_POLLS && !(await readSummary(cloud.store, jobId)); poll++)
    await sleep(POLL_MS);
  const keys: string[] = [];
  for await (const key of cloud.store.list(`jobs/${jobId}/`)) keys.push(key);
  await cloud.store.remove(keys, jobId);
}
