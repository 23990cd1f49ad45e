import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Received } from "../../shared/ports/queue.ts";

/**
 * Passes messages to a function in an event, as Lambda's event source mapping does; the function's answer names those
 * that must come again. Throws if the function died, timed out or threw.
 */
export function inEvents(
  invoke: (event: SQSEvent) => Promise<unknown>,
): (messages: readonly Received[]) => Promise<ReadonlySet<string>> {
  return async (messages) => {
    const answer = (await invoke({ Records: messages.map(toRecord) })) as SQSBatchResponse | undefined;
    // A handler that reports no failures worked all of them.
    return new Set(answer?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier));
  };
}

/** Without SQS's other fields of a message: no stage reads them. */
function toRecord({ id, handle, body, receiveCount, queue }: Received): SQSRecord {
  return {
    ...{ messageId: id, receiptHandle: handle, body, md5OfBody: "", messageAttributes: {} },
    attributes: { ApproximateReceiveCount: `${receiveCount}` } as SQSRecord["attributes"],
    ...{ eventSource: "aws:sqs", eventSourceARN: queue, awsRegion: queue.split(":")[3] ?? "" },
  };
}
