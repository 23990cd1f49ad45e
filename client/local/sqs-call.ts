import type { IncomingHttpHeaders } from "node:http";

/**
 * One request to the embedded SQS, in its JSON protocol, without a socket: the event source that polls the queues lives in
 * the same process, and loading the SDK for it would take longer than many a job. Throws SqsCallError.
 */
export type SqsCall = <Answer extends object = object>(action: string, input: object) => Promise<Answer>;

class SqsCallError extends Error {}

/** SQS's answer to a request, not yet written as JSON. */
export interface SqsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

export const SQS_JSON = "application/x-amz-json-1.0";

/** What fauxqs's route for SQS needs of fastify's request and reply. */
export type SqsRoute = (
  request: { readonly headers: Readonly<IncomingHttpHeaders>; readonly body: unknown },
  reply: { status(code: number): unknown; header(name: string, value: string): unknown },
) => Promise<object>;

/**
 * Has fauxqs's route answer without fastify around it: a receive and a delete take 0.01 ms of CPU time together, and 0.25 ms
 * with it; the event sources make three such requests a message.
 */
export async function answerSqs(
  route: SqsRoute,
  headers: Readonly<IncomingHttpHeaders>,
  body: unknown,
): Promise<SqsAnswer> {
  const answer = { status: 200, headers: {} as Record<string, string> };
  const reply = {
    status: (code: number) => {
      answer.status = code;
    },
    header: (name: string, value: string) => {
      answer.headers[name] = value;
    },
  };
  return { body: await route({ headers, body }, reply), ...answer };
}

export function sqsCallTo(
  answer: (headers: Readonly<IncomingHttpHeaders>, input: object) => Promise<SqsAnswer>,
): SqsCall {
  return async <Answer extends object>(action: string, input: object) => {
    const headers = { "content-type": SQS_JSON, "x-amz-target": `AmazonSQS.${action}` };
    const { status, body } = await answer(headers, input);
    if (status !== 200) throw new SqsCallError(`${action}: ${status} ${JSON.stringify(body)}`);
    return body as Answer;
  };
}
