import type { SQSEvent, SQSRecord } from "aws-lambda";
import type { GivenTogether, WorkedTogether } from "../../shared/ports/delivery.ts";
import type { Received } from "../../shared/ports/queue.ts";

/**
 * Passes messages to a function in an event, as Lambda's event source mapping does; the function's answer names those
 * that must come again. Throws if the function died, timed out or threw.
 */
export function inEvents(
  invoke: (event: SQSEvent) => Promise<unknown>,
): (messages: readonly Received[]) => Promise<ReadonlySet<string>> {
  return async (messages) => {
    return failuresIn((await invoke({ Records: messages.map(toRecord) })) as Answer);
  };
}

type Answer = Partial<WorkedTogether> | undefined;

/** A handler that reports no failures worked all of them. */
const failuresIn = (answer: Answer) =>
  new Set(answer?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier));

/** The ids of messages that come again: as the worker hid them, or at once, because there was no time to begin them. */
export interface Returned {
  readonly handedBack: ReadonlySet<string>;
  readonly unbegun: ReadonlySet<string>;
}

/** The same for a worker that is given brief messages together. It begins the first one in any case, and no other after `budgetMs`. */
export function inOneEvent(
  invoke: (event: SQSEvent & GivenTogether) => Promise<unknown>,
  budgetMs: number,
): (messages: readonly Received[]) => Promise<Returned> {
  return async (messages) => {
    const answer = (await invoke({ Records: messages.map(toRecord), budgetMs })) as Answer;
    return { handedBack: failuresIn(answer), unbegun: new Set(answer?.unbegun) };
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
