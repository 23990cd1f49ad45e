import * as v from "valibot";
import type { AwsClient } from "./aws-client.ts";
import { hostOf } from "./service-host.ts";

export interface BusEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: object;
}

const AnswerSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    FailedEntryCount: v.number(),
    Entries: v.array(v.object({ ErrorCode: v.optional(v.string()), ErrorMessage: v.optional(v.string()) })),
  }),
);

/** A bus of EventBridge: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
export class EventBus {
  readonly #client: AwsClient;
  readonly #arn: string;
  readonly #url: URL;

  constructor(client: AwsClient, arn: string) {
    this.#client = client;
    this.#arn = arn;
    this.#url = new URL("/", client.endpoint ?? `https://${hostOf("events", client.region)}`);
  }

  /** Returns once the bus has taken the event. Throws AwsError; if the answer was lost, the bus may have taken it too. */
  async put({ source, detailType, detail }: BusEvent): Promise<void> {
    const entry = {
      ...{ EventBusName: this.#arn, Source: source, DetailType: detailType },
      Detail: JSON.stringify(detail),
    };
    await this.#client.send({
      ...{ operation: "PutEvents", method: "POST", url: this.#url },
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSEvents.PutEvents" },
      body: JSON.stringify({ Entries: [entry] }),
      fault: ({ body }) => faultIn(body.toString()),
    });
  }
}

/** Why the event was not taken, as an answer of status 200 says it; undefined where it was. */
function faultIn(text: string): string | undefined {
  const { success, output } = v.safeParse(AnswerSchema, text);
  if (!success) return "the answer is not one of PutEvents";
  if (output.FailedEntryCount === 0) return undefined;
  const [{ ErrorCode = "no reason given", ErrorMessage = "" } = {}] = output.Entries;
  return `${ErrorCode} ${ErrorMessage}`.trim();
}
