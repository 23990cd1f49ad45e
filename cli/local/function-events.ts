import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Received } from "../../shared/ports/queue.ts";

/**
 * Has a function work messages as Lambda's event source mapping does: they come in an event, and the answer names those that
 * are to come again. Throws where the function died, timed out or threw.
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

/** No stage looks at what else SQS says of a message. */
function toRecord({ id, handle, body, receiveCount, queue }: Received): SQSRecord {
  return {
    ...{ messageId: id, receiptHandle: handle, body, md5OfBody: "", messageAttributes: {} },
    attributes: { ApproximateReceiveCount: `${receiveCount}` } as SQSRecord["attributes"],
    ...{ eventSource: "aws:sqs", eventSourceARN: queue, awsRegion: queue.split(":")[3] ?? "" },
  };
}
