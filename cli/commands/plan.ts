import { planned } from "../../api/plan-job.ts";
import { rememberPlan } from "../../client/predictions/own-predictions.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { optionName } from "../request/input-option.ts";
import { numberOrText } from "../request/numbers.ts";
import { type RequestOptions, requestOf } from "../request/request.ts";
import { planText } from "../terminal/plan-text.ts";
import { jsonLine } from "../terminal/text.ts";

export interface PlanOptions extends RequestOptions {
  readonly workers?: string;
  readonly memory?: string;
  readonly timeout?: string;
  readonly fleet?: string;
  readonly architecture?: string;
  readonly region?: string;
  readonly jobId?: string;
  readonly json?: boolean;
}

/** The options that say another name than the library's field. */
const OPTIONS: Readonly<Record<string, string>> = { memoryMb: "--memory", timeoutSeconds: "--timeout" };

/** `manyhands plan`: what a job will take and cost on each engine; nothing is sent or kept of it but the prediction. Returns the exit code. */
export async function plan(kernelName: string | undefined, options: PlanOptions): Promise<number> {
  const { workers, memory, timeout, fleet, architecture, region, jobId, json } = options;
  let what = "";
  const found = await planned(
    async () => {
      const request = await requestOf(kernelName, options);
      what = request.kernel;
      return request;
    },
    {
      ...{ workers: numberOrText(workers), jobId },
      onWarning: (sentence) => process.stderr.write(`${sentence}\n`),
      deployment: {
        ...{ memoryMb: numberOrText(memory), timeoutSeconds: numberOrText(timeout) },
        ...{ fleet: numberOrText(fleet), region, architecture: architectureOf(architecture) },
      },
    },
    (field) => OPTIONS[field] ?? optionName(field),
    rememberPlan,
  );
  process.stdout.write(json ? jsonLine(found) : planText(`Plan of ${what}`, found));
  return 0;
}

function architectureOf(text: string | undefined): "arm64" | "x86_64" | undefined {
  if (text === undefined || text === "arm64" || text === "x86_64") return text;
  throw new InvalidInputError("--architecture", "arm64 or x86_64", show(text));
}
