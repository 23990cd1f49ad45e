import { afterAll } from "vitest";
import { type LocalStack, type LocalStackOptions, startLocalStack } from "../../tools/localstack/server.ts";

/** A LocalStack of this file's own, with an empty state, gone when the file ends. */
export async function localStackForThisFile(options: LocalStackOptions = {}): Promise<LocalStack> {
  const localStack = await startLocalStack(options);
  afterAll(() => localStack.stop());
  return localStack;
}

/** What an SDK client of it is made with. */
export function clientSettings({ endpoint, environment }: LocalStack) {
  const {
    AWS_REGION: region = "",
    AWS_ACCESS_KEY_ID: id = "",
    AWS_SECRET_ACCESS_KEY: secret = "",
  } = environment;
  return { endpoint, region, credentials: { accessKeyId: id, secretAccessKey: secret } };
}

/** A call that the project has no SDK client for. `target` as in `Logs_20140328.CreateLogGroup`. */
export async function callLocalStack(
  { endpoint }: LocalStack,
  target: string,
  input: object,
): Promise<unknown> {
  const service = target.split("_")[0]?.toLowerCase();
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": target,
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request`,
    },
    body: JSON.stringify(input),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${target}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

/** All that a log group holds, in the order in which it was written. */
export async function readLogGroup(localStack: LocalStack, logGroupName: string): Promise<string> {
  const { events } = (await callLocalStack(localStack, "Logs_20140328.FilterLogEvents", {
    logGroupName,
  })) as {
    events: { message: string }[];
  };
  return events.map(({ message }) => message).join("");
}
