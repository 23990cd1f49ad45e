import type { EngineAsked } from "../../client/engines/engines.ts";
import { isJobHere } from "../../client/job-folder/job-folder.ts";
import { jobsMeant } from "../../client/jobs/meant-jobs.ts";
import { STAGES } from "../../shared/build/bundling.ts";
import type { Cost, Usage } from "../../shared/record/cost.ts";
import { count } from "../../shared/validation/counted.ts";
import { printable } from "../../shared/validation/printable.ts";
import { usd } from "../../shared/validation/usd.ts";
import { columns, jsonLine } from "../terminal/text.ts";

/** The job lies where the named engine has its own; none: in the folder, where there is one, else elsewhere. */
export interface CostOptions extends EngineAsked {
  readonly json?: boolean;
}

/** `manyhands cost`: what a job cost, from its folder, or from a deployment's logs and reports. Returns the exit code. */
export async function cost(named: string, { json, ...asked }: CostOptions): Promise<number> {
  const jobs = await jobsMeant(asked, isJobHere(named));
  return jobs.withJob(named, async (found) => {
    const { jobId } = found.job;
    const maxUsd = found.job.maxUsd === undefined ? undefined : (await found.status()).maxUsd;
    const { cost, remarks } = (await found.cost()) ?? { cost: null, remarks: [NOTHING] };
    if (json)
      process.stdout.write(jsonLine({ jobId, cost, maxUsd: maxUsd ?? null, remarks, ...found.site.fields }));
    else {
      process.stdout.write(cost ? asText(jobId, cost, maxUsd) : `${jobId}: ${NOTHING}\n`);
      if (cost) for (const remark of remarks) process.stderr.write(`${remark}\n`);
    }
    return 0;
  });
}

const NOTHING = "Nothing is known of a cost: it ran in one process, or has not ended.";

function asText(jobId: string, cost: Cost, maxUsd: number | undefined): string {
  const { architecture, memoryMb, region, pricesDate, byStage } = cost;
  const row = (name: string, usage: Usage & { readonly usd: number; readonly basis: string }) => [
    ...[name, usd(usage.usd), usage.basis, usage.gbSeconds.toFixed(2), count(usage.requests.lambda)],
    ...[
      count(usage.requests.sqs),
      count(usage.requests.put),
      count(usage.requests.get),
      count(usage.logBytes),
    ],
  ];
  const rows = [
    ["", "cost", "", "GB-s", "invocations", "SQS requests", "PUT, LIST", "GET", "log bytes"],
    ...STAGES.map((stage) => row(stage, byStage[stage])),
    row("together", cost),
  ];
  const as = `as ${architecture}, ${memoryMb} MB, ${printable(region)}, prices of ${printable(pricesDate)}`;
  const limit = maxUsd === undefined ? "" : ` of ${usd(maxUsd)} that it may cost`;
  return `${jobId}: ${usd(cost.usd)}${limit} ${cost.basis}, ${as}\n${columns(rows)}`;
}
