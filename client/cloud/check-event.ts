import type { SQSEvent } from "aws-lambda";
import { type CheckMessage, checkMessage } from "../../shared/messages/chunk-report.ts";

/** An event that wakes the aggregator directly, as a check message in its queue would. */
export function checkEvent(
  check: Pick<CheckMessage, "jobId" | "round" | "turn" | "isIdle">,
  awsRegion: string,
): SQSEvent {
  const record = {
    messageId: `check-${check.jobId}`,
    receiptHandle: "",
    body: checkMessage(check),
    attributes: { ApproximateReceiveCount: "1" } as SQSEvent["Records"][number]["attributes"],
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "manyhands:check",
    eventSourceARN: "",
    awsRegion,
  };
  return { Records: [record] };
}
