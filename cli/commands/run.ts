import { checkPlanned, placeAsked } from "../../api/place.ts";
import type { OnPlan } from "../../api/plan-there.ts";
import { runArray } from "../../api/run-array.ts";
import type { EngineAsked } from "../../client/engines/engines.ts";
import { optionName } from "../request/input-option.ts";
import { numberOrText } from "../request/numbers.ts";
import { type RequestOptions, requestOf } from "../request/request.ts";
import { plannedFor, remember } from "./planned-job.ts";
import { showJob, type Verbosity } from "./show-job.ts";

export interface RunOptions extends RequestOptions, Verbosity, EngineAsked {
  readonly workers?: string;
  readonly out?: string;
  readonly jobId?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** `manyhands run`: everything is checked before anything starts. Returns the exit code. */
export async function run(kernelName: string | undefined, options: RunOptions): Promise<number> {
  const { engine, stack, redis, store, out, jobId, ramp } = options;
  if (options.dryRun) {
    checkPlanned(placeAsked({ engine, stack, redis, store }, optionName).engine, "--dry-run");
    return (await import("./plan.ts")).plan(kernelName, options);
  }
  const place = { engine, stack, redis, store, workers: numberOrText(options.workers), out };
  return showJob(async ({ onBegin, command, ...listeners }, aside) => {
    const onPlan: OnPlan = (plan, there) => aside(() => accepting(options)(plan, there));
    const outcome = await runArray(
      () => requestOf(kernelName, options),
      { ...place, ...listeners, jobId, ramp },
      { nameOf: optionName, onBegin, command, onPlan, foresees: true, plannedFor },
    );
    await remember(outcome);
    return outcome;
  }, options);
}

/** What asks is loaded only where there is a plan. */
const accepting =
  ({ yes, json, quiet }: RunOptions): OnPlan =>
  async (plan, there) => {
    const { acceptPlan } = await import("../terminal/accept-plan.ts");
    await acceptPlan({ yes, isSilent: json === true || quiet === true })(plan, there);
  };
