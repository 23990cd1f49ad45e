import type { Outcome } from "../../api/compute.ts";
import { runArray } from "../../api/run-array.ts";
import { ENGINES } from "../../client/engines/engines.ts";
import { optionName } from "../request/input-option.ts";
import { numberOrText } from "../request/numbers.ts";
import { type RequestOptions, requestOf } from "../request/request.ts";
import { showJob, type Verbosity } from "./show-job.ts";

export interface RunOptions extends RequestOptions, Verbosity {
  readonly engine: string;
  readonly stack: string;
  readonly workers?: string;
  readonly out?: string;
  readonly jobId?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** `manyhands run`: everything is checked before anything starts. Returns the exit code. */
export async function run(kernelName: string | undefined, options: RunOptions): Promise<number> {
  const { engine, stack, out, jobId, ramp } = options;
  if (options.dryRun) return (await import("./plan.ts")).plan(kernelName, options);
  const isRemote = ENGINES.get(engine)?.isRemote === true;
  const place = { engine, stack, workers: numberOrText(options.workers), out };
  return showJob(
    async ({ onBegin, onPlanning, ...listeners }) => {
      const outcome = await runArray(
        () => requestOf(kernelName, options),
        { ...place, ...listeners, jobId, ramp },
        { nameOf: optionName, onBegin, onPlanning, ...(isRemote && { onPlan: await accepting(options) }) },
      );
      await remember(outcome);
      return outcome;
    },
    stack,
    options,
  );
}

/** Loaded where a job is handed over only. */
async function accepting({ yes, json, quiet }: RunOptions) {
  const { acceptPlan } = await import("../terminal/accept-plan.ts");
  return acceptPlan({ yes, isSilent: json === true || quiet === true });
}

/** Compares the run with its plan, where there is one: the next plans are corrected. */
async function remember({ job, engine, summary, phasesMs }: Outcome): Promise<void> {
  if (summary.state !== "complete" || summary.round > 0) return;
  const { isPlanned, rememberRun } = await import("../../client/predictions/own-predictions.ts");
  if (!isPlanned()) return; // most runs: their key need not be made
  const { jobKey } = await import("../../client/predictions/job-key.ts");
  const ms = Object.values(phasesMs).reduce((sum, phase) => sum + phase, 0);
  const actual = {
    seconds: ms / 1000,
    usd: summary.cost?.usd ?? 0,
    compute: summary.computeMs / 1000,
  };
  rememberRun(jobKey(job), engine, actual);
}
