import type { Outcome } from "../../api/compute.ts";
import type { OnPlan } from "../../api/plan-there.ts";
import { type Commanded, runArray } from "../../api/run-array.ts";
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
  const place = { engine, stack, workers: numberOrText(options.workers), out };
  return showJob(
    async ({ onBegin, onPlanning, ...listeners }) => {
      const outcome = await runArray(
        () => requestOf(kernelName, options),
        { ...place, ...listeners, jobId, ramp },
        { nameOf: optionName, onBegin, onPlanning, onPlan: accepting(options), plannedFor },
      );
      await remember(outcome);
      return outcome;
    },
    stack,
    options,
  );
}

/** What asks is loaded only where there is a plan. */
const accepting =
  ({ yes, json, quiet }: RunOptions): OnPlan =>
  async (plan, there) => {
    const { acceptPlan } = await import("../terminal/accept-plan.ts");
    await acceptPlan({ yes, isSilent: json === true || quiet === true })(plan, there);
  };

/** What `plan` told of the job on this engine, for its summary. */
const plannedFor: NonNullable<Commanded["plannedFor"]> = async (job, engine) => {
  const { isPlanned, toldOf } = await import("../../client/predictions/own-predictions.ts");
  if (!isPlanned()) return undefined; // most runs: their key need not be made
  const { jobKey } = await import("../../client/predictions/job-key.ts");
  return toldOf(jobKey(job), engine);
};

/** Compares the run with its plan, where there is one: the next plans are corrected. */
async function remember({ job, engine, summary, phasesMs }: Outcome): Promise<void> {
  if (summary.state !== "complete" || summary.round > 0) return;
  const { isPlanned, rememberRun } = await import("../../client/predictions/own-predictions.ts");
  if (!isPlanned()) return;
  const { jobKey } = await import("../../client/predictions/job-key.ts");
  const ms = Object.values(phasesMs).reduce((sum, phase) => sum + phase, 0);
  const actual = {
    seconds: ms / 1000,
    usd: summary.cost?.usd ?? 0,
    compute: summary.computeMs / 1000,
  };
  rememberRun(jobKey(job), engine, actual);
}
