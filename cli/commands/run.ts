import { runArray } from "../../api/run-array.ts";
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
}

/** `manyhands run`: everything is checked before anything starts. Returns the exit code. */
export async function run(kernelName: string | undefined, options: RunOptions): Promise<number> {
  const { engine, stack, out, jobId, ramp } = options;
  const place = { engine, stack, workers: numberOrText(options.workers), out };
  return showJob(
    ({ onBegin, ...listeners }) =>
      runArray(
        () => requestOf(kernelName, options),
        { ...place, ...listeners, jobId, ramp },
        { nameOf: optionName, onBegin },
      ),
    stack,
    options,
  );
}
