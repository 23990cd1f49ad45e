import type { SQSBatchResponse } from "aws-lambda";
import * as v from "valibot";
import type { CheckMessage } from "../../shared/messages/chunk-report.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import type { Resumption } from "../../shared/messages/resumption.ts";
import { type Submission, SubmissionSchema } from "../../shared/record/submission.ts";
import { parse, parseJson } from "../../shared/validation/parse.ts";
import type { NamedRequest } from "../remote/remote.ts";
import { StageError } from "../remote/stage-error.ts";
import { checkEvent } from "./check-event.ts";
import type { Cloud } from "./cloud.ts";
import { InvokeCommand } from "./sdk.ts";

const FaultSchema = v.object({
  errorType: v.optional(v.string(), "Error"),
  errorMessage: v.optional(v.string(), "no reason given"),
});

/** What a request says to help, and no part of its job: a splitter of a former version refuses a request with a field that it does not know. */
const HELPS = ["planned", "computeSeconds"] as const;

/**
 * Gives a new or resumed job to the splitter and waits for its answer: then every chunk message is sent. The SDK
 * repeats the call after a broken connection, and it is the same job. Throws StageError.
 */
export async function submitJob(
  { clients, deployment }: Cloud,
  asked: NamedRequest | Resumption,
  abortSignal?: AbortSignal,
): Promise<Submission> {
  const ask = (event: object) => invoke(clients, "splitter", deployment.splitter, event, abortSignal);
  const answer = await ask(asked).catch((error: unknown) => {
    const isRefused = (field: string) => field in asked && (error as Error).message.includes(field);
    if (!(error instanceof StageError && error.permanent && HELPS.some(isRefused))) throw error;
    const { [HELPS[0]]: _, [HELPS[1]]: __, ...others } = asked as JobRequest;
    return ask(others);
  });
  return parse(SubmissionSchema, answer, "the splitter's answer");
}

/** Wakes the aggregator for the job as a check message would. Throws StageError. */
export async function invokeCheck(
  { clients, deployment }: Cloud,
  check: Pick<CheckMessage, "jobId" | "round" | "turn" | "isIdle">,
): Promise<void> {
  const event = checkEvent(check, deployment.region);
  const answer = await invoke(clients, "aggregator", deployment.aggregator, event);
  const { batchItemFailures = [], dropped = 0 } = answer as Partial<SQSBatchResponse & { dropped: number }>;
  if (batchItemFailures.length + dropped > 0) {
    throw new StageError("aggregator", "an error", `why is in the log of ${deployment.aggregator}`);
  }
}

async function invoke(
  { lambda }: Cloud["clients"],
  stage: string,
  functionName: string,
  event: object,
  abortSignal?: AbortSignal,
): Promise<unknown> {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) }),
    abortSignal && { abortSignal },
  );
  const answer = parseJson(Payload?.transformToString() || "null", `the ${stage}'s answer`);
  if (!FunctionError) return answer;
  const { errorType, errorMessage } = parse(FaultSchema, answer, `the ${stage}'s error`);
  throw new StageError(stage, errorType, errorMessage);
}
