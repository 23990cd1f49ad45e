/** What a deployment's logs and metrics say of a job. */

import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import { readReports } from "../../functions/aggregator/aggregate.ts";
import { reportedCost } from "../../functions/aggregator/reported-cost.ts";
import { STAGES, type Stage } from "../../shared/build/bundling.ts";
import { type Counted, type Logged, loggedCost } from "../../shared/plan/logged-cost.ts";
import type { Prices } from "../../shared/plan/prices.ts";
import type { Cost } from "../../shared/record/cost.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { type Peaks, withPeak } from "../../shared/record/memory.ts";
import { readSummary } from "../../shared/record/summary.ts";
import type { Cloud } from "./cloud.ts";
import { fleetOf } from "./deployment.ts";
import { invocationReader } from "./report-lines.ts";
import { countedRequests } from "./request-counts.ts";
import { GetFunctionConfigurationCommand } from "./sdk.ts";
import { paginateFilterLogEvents } from "./watching-sdk.ts";

/** By its own clock a splitter may start before its job is submitted. */
const BEFORE_MS = 2 * 60_000;
/** Checks come for a quarter of an hour at most after the last report. */
const AFTER_MS = 20 * 60_000;

export interface LoggedJob {
  readonly cost: Cost;
  /** Invocations of that time that name other jobs only. They are left out. */
  readonly ofOthers: number;
  /** Invocations that name no job, as most of the aggregator's. They are counted. */
  readonly ofNone: number;
  /** Only where no other job was about: then what AWS counted of queues and bucket is this job's. */
  readonly counted?: Counted;
}

/** A job's cost by the logs of its functions. By its reports alone where the logs have nothing of it. Throws what the clients throw. */
export async function loggedJob(cloud: Cloud, job: StoredJob, prices: Prices): Promise<LoggedJob> {
  const { store, deployment } = cloud;
  const [ledger, { logged, functions, found, window, cloudWatch }] = await Promise.all([
    readReports(job, store),
    logsOf(cloud, job),
  ]);
  const architecture = functions[1]?.Architectures?.[0] === "arm64" ? "arm64" : "x86_64";
  const billing = { architecture, memoryMb: logged.aggregator.memoryMb, prices } as const;
  const [ofOthers, ofNone] = [sumOf(found, "ofOthers"), sumOf(found, "ofNone")];
  const counted =
    ofOthers === 0
      ? await countedRequests(cloudWatch, { ...deployment, ...fleetOf(deployment, job) }, window)
      : undefined;
  const reported = reportedCost(job, ledger, billing);
  const isLogged = logged.worker.invocations > 0; // else the logs' retention is over
  const cost = isLogged ? loggedCost(reported, logged, prices, counted) : reported;
  return { cost, ofOthers, ofNone, ...(counted && { counted }) };
}

/** The most that environments of each function had used of memory, by their logs. Throws what the clients throw. */
export async function loggedPeaks(cloud: Cloud, job: StoredJob): Promise<Peaks> {
  const { found } = await logsOf(cloud, job);
  return STAGES.reduce<Peaks>((peaks, stage, k) => {
    const { usedMb, environments } = found[k]!;
    return withPeak(peaks, stage, usedMb, environments);
  }, {});
}

/** What the functions' logs have of a job, and the time in which they were looked at. */
async function logsOf(cloud: Cloud, job: StoredJob) {
  const { clients, store, deployment } = cloud;
  const named = {
    ...{ splitter: deployment.splitter, aggregator: deployment.aggregator },
    worker: fleetOf(deployment, job).worker,
  };
  const [summary, ...functions] = await Promise.all([
    readSummary(store, job.jobId),
    ...STAGES.map((stage) => configurationOf(cloud, named[stage])),
  ]);
  const now = Date.now();
  const until = summary ? job.submittedAtMs + summary.makespanMs + AFTER_MS : now;
  const window = { from: job.submittedAtMs - BEFORE_MS, until: Math.min(until, now) };
  const { logs, cloudWatch } = await clients.watching();
  const found = await Promise.all(
    functions.map((configuration) => loggedBy(logs, configuration, { jobId: job.jobId, ...window })),
  );
  const [splitter, worker, aggregator] = functions.map(({ MemorySize = 0 }, k) => ({
    ...found[k]!.logged,
    memoryMb: MemorySize,
  }));
  const logged: Readonly<Record<Stage, Logged>> = {
    ...{ splitter: splitter!, worker: worker!, aggregator: aggregator! },
  };
  return { logged, functions, found, window, cloudWatch };
}

const sumOf = <Key extends string>(each: readonly Readonly<Record<Key, number>>[], key: Key) =>
  each.reduce((sum, one) => sum + one[key], 0);

function configurationOf({ clients }: Cloud, FunctionName: string): Promise<FunctionConfiguration> {
  return clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
}

type Logs = Awaited<ReturnType<Cloud["clients"]["watching"]>>["logs"];

/** What a function's log group has of a job between two times (epoch ms). */
async function loggedBy(
  client: Logs,
  { FunctionName, LoggingConfig }: FunctionConfiguration,
  { jobId, from, until }: { readonly jobId: string; readonly from: number; readonly until: number },
) {
  const logGroupName = LoggingConfig?.LogGroup ?? `/aws/lambda/${FunctionName}`;
  const read = invocationReader();
  const logged = { invocations: 0, billedMs: 0, logBytes: 0 };
  const environments = new Set<string | undefined>();
  let usedMb: number | undefined;
  let [ofOthers, ofNone] = [0, 0];
  const pages = paginateFilterLogEvents({ client }, { logGroupName, startTime: from, endTime: until });
  for await (const { events = [] } of pages) {
    for (const event of events) {
      const invocation = read(event);
      if (!invocation) continue;
      const { jobIds, billedMs, logBytes } = invocation;
      if (jobIds.size === 0) ofNone++;
      else if (!jobIds.has(jobId)) {
        ofOthers++;
        continue;
      }
      logged.invocations++;
      logged.billedMs += billedMs;
      logged.logBytes += logBytes;
      environments.add(event.logStreamName);
      usedMb = Math.max(usedMb ?? 0, invocation.usedMb ?? 0) || undefined;
    }
  }
  return { logged, ofOthers, ofNone, usedMb, environments: environments.size };
}
