import { randomUUID } from "node:crypto";
import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionCodeCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from "@aws-sdk/client-lambda";
import { strToU8, zipSync } from "fflate";
import type { LocalStack } from "../../tools/localstack/server.ts";
import { clientSettings } from "./localstack.ts";

/** What an invocation gave: what the handler returned or AWS's error body, and the end of its log. */
export interface Invoked {
  readonly payload: unknown;
  /** `Unhandled`, where it failed. */
  readonly error: string | undefined;
  readonly log: string;
}

/** A small function on LocalStack. */
export interface TestFunction {
  readonly name: string;
  invoke(event?: unknown): Promise<Invoked>;
  update(source: string): Promise<void>;
}

export type FunctionSettings = Partial<Omit<CreateFunctionCommandInput, "Code">> & { readonly file?: string };

/** Makes functions of source texts; `file` is the text's name in the bundle, `index.js` by default. */
export function functionsOn(localStack: LocalStack) {
  const client = new LambdaClient({ ...clientSettings(localStack), maxAttempts: 1 });
  return async (
    source: string,
    { file = "index.js", ...settings }: FunctionSettings = {},
  ): Promise<TestFunction> => {
    const name = `test-${randomUUID()}`;
    const waiter = { client, maxWaitTime: 60, minDelay: 0.1, maxDelay: 1 };
    await client.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Role: "arn:aws:iam::000000000000:role/test",
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Timeout: 30,
        MemorySize: 256,
        Code: { ZipFile: zip(file, source) },
        ...settings,
      }),
    );
    await waitUntilFunctionActiveV2(waiter, { FunctionName: name });
    return {
      name,
      async invoke(event = {}) {
        const { Payload, FunctionError, LogResult } = await client.send(
          new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event), LogType: "Tail" }),
        );
        return {
          payload: JSON.parse(Payload?.transformToString() || "null"),
          error: FunctionError,
          log: Buffer.from(LogResult ?? "", "base64").toString(),
        };
      },
      async update(text) {
        await client.send(new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile: zip(file, text) }));
        await waitUntilFunctionUpdatedV2(waiter, { FunctionName: name });
      },
    };
  };
}

function zip(name: string, source: string): Uint8Array {
  return zipSync({ [name]: strToU8(source) });
}
