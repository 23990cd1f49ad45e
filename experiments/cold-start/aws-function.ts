/** A deployment's worker, changed for an experiment and put back afterwards. */
import {
  DeleteFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  type LambdaClient,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
  waitUntilPublishedVersionActive,
} from "@aws-sdk/client-lambda";
import { type PlatformReport, platformReport } from "../../client/cloud/report-lines.ts";
import { ENV } from "../../shared/validation/env.ts";

/** Only its value changes, and makes the next version another one. */
const START = "COLD_START";
const MOST_SECONDS = 120;

export interface ChangedFunction {
  /** Puts this zip in its place; nothing where it is there already. */
  useCode(zip: Uint8Array): Promise<void>;
  useMemory(memoryMb: number): Promise<void>;
  /** Publishes a version, which has no environment yet, and returns its number. */
  publish(): Promise<string>;
  /** Invokes a version, and returns what Lambda reports of it. Throws where the function failed. */
  invoke(version: string, event: object): Promise<PlatformReport>;
  remove(version: string): Promise<void>;
}

/** Code, memory and variables of the function are what they were when `use` is over, however it ends. */
export async function withChangedFunction<Result>(
  lambda: LambdaClient,
  name: string,
  use: (changed: ChangedFunction) => Promise<Result>,
): Promise<Result> {
  const FunctionName = name;
  const { Configuration: before = {}, Code } = await lambda.send(new GetFunctionCommand({ FunctionName }));
  const original = new Uint8Array(await (await fetch(Code?.Location ?? "")).arrayBuffer());
  const updated = () =>
    waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: MOST_SECONDS }, { FunctionName });
  const Variables = before.Environment?.Variables ?? {};
  let [starts, memoryMb] = [0, before.MemorySize ?? 0];
  let code = original;
  const putCode = async (zip: Uint8Array) => {
    if (zip === code) return;
    code = zip as typeof code;
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zip }));
    await updated();
  };
  const configure = async (variables: Record<string, string>) => {
    const Environment = { Variables: variables };
    await lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName, MemorySize: memoryMb, Environment }),
    );
    await updated();
  };
  try {
    return await use({
      useCode: putCode,
      async useMemory(mb) {
        memoryMb = mb;
        await configure({ ...Variables, [ENV.kernelUploads]: "all", [START]: `${++starts}` });
      },
      async publish() {
        const { Version = "" } = await lambda.send(new PublishVersionCommand({ FunctionName }));
        const version = { FunctionName, Qualifier: Version };
        await waitUntilPublishedVersionActive({ client: lambda, maxWaitTime: MOST_SECONDS }, version);
        return Version;
      },
      async invoke(Qualifier, event) {
        const {
          LogResult = "",
          FunctionError,
          Payload,
        } = await lambda.send(
          new InvokeCommand({ FunctionName, Qualifier, LogType: "Tail", Payload: JSON.stringify(event) }),
        );
        const said = Buffer.from(Payload ?? []).toString();
        if (FunctionError) throw new Error(`Expected the worker to answer, got ${said}`);
        const report = reportIn(Buffer.from(LogResult, "base64").toString());
        if (!report) throw new Error(`Expected a report in the tail of the log, got ${LogResult}`);
        return report;
      },
      async remove(Qualifier) {
        await lambda.send(new DeleteFunctionCommand({ FunctionName, Qualifier }));
      },
    });
  } finally {
    memoryMb = before.MemorySize ?? memoryMb;
    await putCode(original);
    await configure(Variables);
  }
}

/** The report in the tail of a log. Its last field may be followed by another line, of X-Ray. */
export function reportIn(tail: string): PlatformReport | undefined {
  return tail
    .split("\n")
    .map((line) => platformReport(line))
    .findLast((report) => report !== undefined);
}
