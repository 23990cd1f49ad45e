import type { PlannedResumption } from "../../api/plan-resumption.ts";
import { resumeJob } from "../../api/resume-job.ts";
import type { EngineAsked } from "../../client/engines/engines.ts";
import { optionName } from "../request/input-option.ts";
import { numberOrText, usd } from "../request/numbers.ts";
import { planText } from "../terminal/plan-text.ts";
import { jsonLine } from "../terminal/text.ts";
import { showJob, type Verbosity } from "./show-job.ts";

export interface ResumeOptions extends Verbosity, EngineAsked {
  readonly workers?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly kernel?: string;
  readonly dryRun?: boolean;
  readonly maxUsd?: string;
}

/**
 * `manyhands resume` (and `retry`): computes the chunks that a job lacks, by its store alone: failed, unfinished and
 * corrupt ones. Returns the exit code that `run` would have.
 */
export async function resume(named: string, options: ResumeOptions): Promise<number> {
  const { engine, stack, redis, store, out, force, kernel } = options;
  const place = { engine, stack, redis, store, workers: numberOrText(options.workers), out };
  const maxUsd = options.maxUsd === undefined ? undefined : usd(options.maxUsd, "--max-usd");
  if (options.dryRun) {
    const { plannedResumption } = await import("../../api/plan-resumption.ts");
    return show(await plannedResumption(named, { ...place, force, kernel, maxUsd }, optionName), options);
  }
  return showJob(
    ({ onBegin, command, ...listeners }) =>
      resumeJob(
        named,
        { ...place, ...listeners, force, kernel, maxUsd },
        { nameOf: optionName, onBegin, command, foresees: true },
      ),
    options,
  );
}

function show({ jobId, missing, plan }: PlannedResumption, { json }: Verbosity): number {
  if (json) process.stdout.write(jsonLine({ jobId, missing, ...plan }));
  else if (plan) process.stdout.write(planText(`Plan of what ${jobId} lacks`, plan));
  else process.stdout.write(`${jobId}: nothing is missing.\n`);
  return 0;
}
