import { readItems } from "../../api/items.ts";
import { mapItems } from "../../api/map-items.ts";
import { kernelMeant } from "../../client/kernels/meant-kernel.ts";
import { RAMPS } from "../../shared/messages/job-request.ts";
import { choice } from "../request/choice.ts";
import { optionName } from "../request/input-option.ts";
import { numberOrText, seed, share, usd } from "../request/numbers.ts";
import { showJob, type Verbosity } from "./show-job.ts";

/** The command line's options, each value as the user typed it. */
export interface MapCommandOptions extends Verbosity {
  readonly engine: string;
  readonly stack: string;
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
}

/** `manyhands map`: everything is checked before anything starts, each item's line too. Returns the exit code. */
export async function map(task: string, items: string, options: MapCommandOptions): Promise<number> {
  const { engine, stack, out, jobId, plots } = options;
  const asked = {
    ...{ engine, stack, out, jobId, plots },
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
  return showJob(
    ({ onBegin, ...listeners }) =>
      mapItems(
        () => kernelMeant(task),
        () => readItems(items),
        { ...asked, ...listeners },
        { nameOf: optionName, onBegin },
      ),
    stack,
    options,
  );
}
