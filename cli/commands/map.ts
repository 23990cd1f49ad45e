import { readItems } from "../../api/items.ts";
import { mapItems } from "../../api/map-items.ts";
import type { EngineAsked } from "../../client/engines/engines.ts";
import { kernelMeant } from "../../client/kernels/meant-kernel.ts";
import { rememberPlan } from "../../client/predictions/own-predictions.ts";
import { RAMPS } from "../../shared/messages/job-request.ts";
import { choice } from "../request/choice.ts";
import { optionName } from "../request/input-option.ts";
import { numberOrText, seed, share, usd } from "../request/numbers.ts";
import { planText } from "../terminal/plan-text.ts";
import { jsonLine } from "../terminal/text.ts";
import { plannedFor, remember } from "./planned-job.ts";
import { showJob, type Verbosity } from "./show-job.ts";

/** The command line's options, each value as the user typed it. */
export interface MapCommandOptions extends Verbosity, EngineAsked {
  readonly workers?: string;
  readonly out?: string;
  readonly itemsPerShard?: string;
  readonly itemSeconds?: string;
  readonly concurrency?: string;
  readonly seed?: string;
  readonly allowMissing?: string;
  readonly maxUsd?: string;
  readonly ramp?: string;
  readonly jobId?: string;
  readonly plots?: boolean;
  readonly dryRun?: boolean;
}

/** `manyhands map`: everything is checked before anything starts, each item's line too. Returns the exit code. */
export async function map(task: string, items: string, options: MapCommandOptions): Promise<number> {
  const { engine, stack, redis, store, out, jobId, plots } = options;
  const asked = {
    ...{ engine, stack, redis, store, out, jobId, plots },
    workers: numberOrText(options.workers),
    itemsPerShard: numberOrText(options.itemsPerShard),
    itemSeconds: numberOrText(options.itemSeconds),
    concurrency: numberOrText(options.concurrency),
    seed: options.seed === undefined ? undefined : seed(options.seed, "--seed"),
    allowMissing:
      options.allowMissing === undefined ? undefined : share(options.allowMissing, "--allow-missing"),
    maxUsd: options.maxUsd === undefined ? undefined : usd(options.maxUsd, "--max-usd"),
    ramp: choice(RAMPS, options.ramp, "--ramp"),
  };
  const meant = () => kernelMeant(task);
  const read = () => readItems(items);
  if (options.dryRun) {
    const { plannedMap } = await import("../../api/plan-map.ts");
    const plan = await plannedMap(meant, read, asked, optionName, rememberPlan);
    process.stdout.write(options.json ? jsonLine(plan) : planText(`Plan of ${task} over ${items}`, plan));
    return 0;
  }
  return showJob(async ({ onBegin, command, ...listeners }) => {
    const hearing = { nameOf: optionName, onBegin, command, foresees: true, plannedFor };
    const outcome = await mapItems(meant, read, { ...asked, ...listeners }, hearing);
    await remember(outcome);
    return outcome;
  }, options);
}
