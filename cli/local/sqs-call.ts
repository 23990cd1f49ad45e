/**
 * One request to the embedded SQS, in its JSON protocol, without a socket: who polls the queues lives in the same
 * process, and loading the SDK for it would take longer than many a job. Throws SqsCallError.
 */
export type SqsCall = <Answer extends object = object>(action: string, input: object) => Promise<Answer>;

class SqsCallError extends Error {}

interface Injectable {
  inject(request: {
    readonly method: "POST";
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly payload: string;
  }): Promise<{ readonly statusCode: number; readonly body: string }>;
}

export function sqsCallTo(app: Injectable): SqsCall {
  return async (action, input) => {
    const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": `AmazonSQS.${action}` };
    const payload = JSON.stringify(input);
    const { statusCode, body } = await app.inject({ method: "POST", url: "/", headers, payload });
    if (statusCode !== 200) throw new SqsCallError(`${action}: ${statusCode} ${body}`);
    return body === "" ? {} : JSON.parse(body);
  };
}
