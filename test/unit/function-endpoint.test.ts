import { expect, onTestFinished, test } from "vitest";
import { type FunctionEndpointOptions, startFunctionEndpoint } from "../../client/local/function-endpoint.ts";
import type { AnsweredRequest } from "../../client/local/local-cloud.ts";
import { AwsClient } from "../../shared/ports/aws/aws-client.ts";
import { LambdaFunction } from "../../shared/ports/aws/lambda-function.ts";
import { knock } from "../faults/strangers.ts";

const SECRET = "a secret";

/** An endpoint with one function, whose events wait until the test ends them, in the order in which they began. */
async function endpoint(options: Partial<FunctionEndpointOptions> = {}) {
  const begun: unknown[] = [];
  const ends: { resolve(): void; reject(error: Error): void }[] = [];
  const worker = (event: unknown) => {
    begun.push(event);
    return new Promise<void>((resolve, reject) => ends.push({ resolve, reject }));
  };
  const served = await startFunctionEndpoint({
    ...{ secret: SECRET, functions: { worker }, maximumConcurrency: 2, maxEventAgeMs: 60_000 },
    ...options,
  });
  onTestFinished(() => served.close());
  const functionCalled = (name: string, secretAccessKey = SECRET) => {
    const client = new AwsClient({
      ...{ service: "lambda", region: "eu-west-3", endpoint: served.url },
      credentials: async () => ({ accessKeyId: "id", secretAccessKey }),
    });
    onTestFinished(() => client.close());
    return new LambdaFunction(client, name);
  };
  return { begun, ends, served, functionCalled };
}

test("an event is taken at once and not waited for, and others wait where enough are at work", async () => {
  const { begun, ends, functionCalled } = await endpoint();
  const worker = functionCalled("worker");
  for (const event of [1, 2, 3]) await worker.invokeLater({ event });
  expect(begun).toEqual([{ event: 1 }, { event: 2 }]);
  ends[1]?.resolve();
  await expect.poll(() => begun.length).toBe(3);
});

test("an event whose function failed is not tried again, and its place is free", async () => {
  const { begun, ends, functionCalled } = await endpoint({ maximumConcurrency: 1 });
  for (const event of [1, 2]) await functionCalled("worker").invokeLater({ event });
  ends[0]?.reject(new Error("died"));
  await expect.poll(() => begun.length).toBe(2);
  expect(begun).toEqual([{ event: 1 }, { event: 2 }]);
});

test("an event that waited too long is dropped", async () => {
  const { begun, ends, functionCalled } = await endpoint({ maximumConcurrency: 1, maxEventAgeMs: -1 });
  await functionCalled("worker").invokeLater({ event: 1 });
  expect(begun).toEqual([]);
  expect(ends).toEqual([]);
});

test("a function that is not there is refused, for good", async () => {
  const { functionCalled } = await endpoint();
  await expect(functionCalled("splitter").invokeLater({})).rejects.toThrow("ResourceNotFoundException");
});

test("nobody else starts a function: not without the secret, and not with another event than was signed", async () => {
  const requests: AnsweredRequest[] = [];
  const { begun, served, functionCalled } = await endpoint({ onAnswered: (one) => requests.push(one) });
  await functionCalled("worker").invokeLater({ event: 1 });
  const [{ url: path, headers } = { url: "", headers: {} }] = requests;
  const { authorization: _, ...unsigned } = headers;
  const forged = { method: "POST", path, body: '{"event":2}' };
  for (const sent of [{}, unsigned, headers, { ...headers, origin: "https://evil.example" }])
    expect(await knock(served.url, { ...forged, headers: sent })).toMatchObject({ status: 403 });
  const stranger = functionCalled("worker", "another secret").invokeLater({ event: 2 });
  await expect(stranger).rejects.toMatchObject({ code: "SignatureDoesNotMatch" });
  expect(begun).toEqual([{ event: 1 }]);
});
