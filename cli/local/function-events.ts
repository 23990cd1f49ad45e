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
    // Anything but the answer of a handler that reports failures means that all went well.
    return new Set(answer?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier));
  };
}

/** What SQS says beside of a message no stage looks at. */
function toRecord({ id, handle, body, receiveCount, queue }: Received): SQSRecord {
  return {
    ...{ messageId: id, receiptHandle: handle, body, md5OfBody: "", messageAttributes: {} },
    attributes: { ApproximateReceiveCount: `${receiveCount}` } as SQSRecord["attributes"],
    ...{ eventSource: "aws:sqs", eventSourceARN: queue, awsRegion: queue.split(":")[3] ?? "" },
  };
}
