import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { afterAll, expect, test, vi } from "vitest";
import { propsFromContext } from "../../infra/context.ts";
import { describeIdleCost } from "../../infra/idle-cost.ts";
import { SettingError } from "../../infra/settings.ts";
import { ENV } from "../../shared/validation/env.ts";
import { synthesize } from "./synthesize.ts";

/**
 * What Python and pip make is test/python's part and LocalStack's: here the answers are given, by what the environment names as its
 * interpreter, and the function's folder is there already.
 */
const folder = mkdtempSync(join(tmpdir(), "manyhands-python-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const HASH = "c684b53fd4732a1cd18a6ef648f52e80604e179ec4225c269e0215e8033e3ba6";
const mine = join(folder, "mine.py");
const python = join(folder, "bin/python");
const packed = join(folder, "packed");
for (const name of ["bin", "packed"]) mkdirSync(join(folder, name));
writeFileSync(mine, "kernel = None\n");
writeFileSync(join(packed, "anything.py"), "");
const answers = {
  describe: {
    outline: {
      ...{ kind: "kernel", fill: { functionKind: "Function" } },
      ...{ inputs: { x: { from: 0, to: 1 } }, values: { y: {} } },
    },
    ...{ hash: HASH, lacks: [] },
    sha256: createHash("sha256").update(readFileSync(mine)).digest("hex"),
  },
  bundle: { folder: packed },
};
const cases = Object.entries(answers).map(
  ([asked, answer]) => `${asked}) echo '${JSON.stringify(answer)}' >&3 ;;`,
);
writeFileSync(python, `#!/bin/sh\ncase "$3" in\n${cases.join("\n")}\nesac\n`, { mode: 0o755 });
vi.stubEnv("VIRTUAL_ENV", folder);
afterAll(() => vi.unstubAllEnvs());

const deployed = synthesize({ pythonKernels: [mine] });
const without = synthesize();
const { arnOf, assetOf, fanOut, idOf, ofType, readable, resource, stack } = deployed;
const { worker, chunks, chunkDeadLetters } = fanOut.python!;

test("what is there without them has the same ids and properties, but for what names the Python fleet", () => {
  expect(without.fanOut.python).toBeUndefined();
  const before = without.template.toJSON().Resources as Record<string, { Type: string }>;
  const after = structuredClone(deployed.template.toJSON().Resources) as Record<string, unknown>;
  const changed = [
    fanOut.splitter,
    fanOut.worker,
    fanOut.aggregator,
    fanOut.clientPolicy,
    fanOut.dashboard!,
  ].map(idOf);
  const policies = Object.keys(before).filter((id) => before[id]!.Type === "AWS::IAM::Policy");
  const differing = Object.keys(before).filter(
    (id) => JSON.stringify(after[id]) !== JSON.stringify(before[id]),
  );
  const ofRoles = policies.filter((id) => /^FanOut(Splitter|Aggregator)Role/.test(id));
  expect(differing.toSorted()).toEqual([...changed, ...ofRoles].toSorted());
  const added = Object.keys(after).filter((id) => !(id in before));
  expect(added.filter((id) => !/Python/.test(id))).toEqual([]);
});

test("the worker runs on Python 3.13 with the Node worker's memory, timeout and architecture, from the folder as it is", () => {
  const { Properties } = resource(worker);
  const { MemorySize, Timeout, Architectures } = resource(fanOut.worker).Properties;
  expect(Properties).toMatchObject({
    ...{ Runtime: "python3.13", Handler: "manyhands.lambda_handler.handler" },
    ...{ MemorySize, Timeout, Architectures },
  });
  expect(readdirSync(assetOf(worker))).toEqual(["anything.py"]);
  const logs = resource(worker.logs);
  expect([logs.Properties.RetentionInDays, logs.DeletionPolicy]).toEqual([30, "Delete"]);
  expect(Properties.Environment.Variables).toEqual({
    [ENV.bucket]: { Ref: idOf(fanOut.bucket) },
    [ENV.chunkQueueUrl]: { Ref: idOf(chunks) },
    [ENV.resultQueueUrl]: { Ref: idOf(fanOut.results) },
    ...{ MALLOC_MMAP_THRESHOLD_: `${2 ** 25}`, MALLOC_TRIM_THRESHOLD_: `${2 ** 26}` },
    [ENV.retryAfterSeconds]: resource(fanOut.worker).Properties.Environment.Variables[ENV.retryAfterSeconds],
  });
});

test("splitter and aggregator know its queue, and the aggregator its dead letters", () => {
  const variables = (stage: "splitter" | "aggregator") =>
    resource(fanOut[stage]).Properties.Environment.Variables;
  for (const stage of ["splitter", "aggregator"] as const)
    expect(variables(stage)[ENV.pythonChunkQueueUrl]).toEqual({ Ref: idOf(chunks) });
  expect(variables("aggregator")[ENV.pythonDeadLetterQueueArn]).toEqual(arnOf(chunkDeadLetters));
  expect(resource(chunks).Properties).toEqual({
    ...resource(fanOut.chunks).Properties,
    RedrivePolicy: {
      ...resource(fanOut.chunks).Properties.RedrivePolicy,
      deadLetterTargetArn: arnOf(chunkDeadLetters),
    },
  });
  expect(resource(chunkDeadLetters).Properties).toEqual(resource(fanOut.chunkDeadLetters).Properties);
});

test("its mapping alone starts its workers, as many as maxConcurrency", () => {
  const mapping = (queue: Parameters<typeof arnOf>[0]) =>
    ofType("AWS::Lambda::EventSourceMapping").find(
      ({ Properties }) => JSON.stringify(Properties.EventSourceArn) === JSON.stringify(arnOf(queue)),
    )!.Properties;
  expect(mapping(chunks)).toMatchObject({
    ...{ FunctionName: { Ref: idOf(worker) }, BatchSize: 1 },
    ...{ ScalingConfig: { MaximumConcurrency: 900 }, FunctionResponseTypes: ["ReportBatchItemFailures"] },
  });
  expect(mapping(chunkDeadLetters).FunctionName).toEqual({ Ref: idOf(fanOut.aggregator) });
});

test("its role may do what the Python worker does, and nothing else", () => {
  const listOf = <T>(value: T | T[]): T[] => [value].flat() as T[];
  const grants = ofType("AWS::IAM::Policy")
    .filter(({ Properties }) =>
      Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === idOf(worker.role!)),
    )
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .flatMap(({ Action, Resource, Condition }) =>
      listOf(Action).map(
        (action) => `${action} on ${readable(Resource)}${Condition ? ` ${JSON.stringify(Condition)}` : ""}`,
      ),
    );
  expect(grants.toSorted()).toEqual([
    "logs:CreateLogStream on PythonWorkerLogs",
    "logs:PutLogEvents on PythonWorkerLogs",
    "s3:GetObject on Bucket/jobs/*",
    's3:ListBucket on Bucket {"StringLike":{"s3:prefix":"jobs/*"}}',
    "s3:PutObject on Bucket/jobs/*",
    "s3:PutObject on Bucket/rejected/*",
    "sqs:ChangeMessageVisibility on PythonChunks",
    "sqs:DeleteMessage on PythonChunks",
    "sqs:GetQueueAttributes on PythonChunks",
    "sqs:ReceiveMessage on PythonChunks",
    "sqs:SendMessage on PythonChunks",
    "sqs:SendMessage on Results",
  ]);
  expect(new AwsSolutionsChecks().validateScope(stack).violations).toEqual([]);
});

test("its alarms are those of the Node fleet, of its own function and queues", () => {
  const pairs = [
    ["ChunkDeadLetters", "PythonChunkDeadLetters"],
    ["OldestChunk", "OldestPythonChunk"],
    ["WorkerErrors", "PythonWorkerErrors"],
    ["WorkerThrottles", "PythonWorkerThrottles"],
  ];
  const alarm = (name?: string) => resource(fanOut.alarms.find(({ node }) => node.id === name)!).Properties;
  expect(fanOut.alarms).toHaveLength(13);
  for (const [ofNode, ofPython] of pairs) {
    const { Dimensions, ...others } = alarm(ofPython);
    expect({ ...others, Dimensions: alarm(ofNode).Dimensions }).toEqual(alarm(ofNode));
    const [{ Value }] = Dimensions;
    const named = [worker, chunks, chunkDeadLetters].map(idOf);
    expect(named).toContain(Value.Ref ?? Value["Fn::GetAtt"][0]);
  }
});

test("outputs name its function, its queues and its kernels, and what five mappings poll", () => {
  const { outputs } = deployed;
  const value = (key: string) => (outputs[key] as { Value: unknown }).Value;
  expect(value("PythonWorkerFunctionName")).toEqual({ Ref: idOf(worker) });
  expect(value("PythonChunkQueueUrl")).toEqual({ Ref: idOf(chunks) });
  expect(value("PythonChunkDeadLetterQueueUrl")).toEqual({ Ref: idOf(chunkDeadLetters) });
  expect(JSON.parse(`${value("Kernels")}`)).toEqual({ mine: HASH });
  expect(value("IdleCost")).toBe(describeIdleCost({ alarms: 13 }, { hasPython: true }));
  expect(describeIdleCost(undefined, { hasPython: true })).toContain("at most 1.31 USD");
});

test("are paths with commas between them, and each setting takes files of its own languages", () => {
  const of = (pythonKernels: unknown) => propsFromContext(new App({ context: { pythonKernels } }).node);
  expect(of("/a/mine.py, /b/other.py").pythonKernels).toEqual(["/a/mine.py", "/b/other.py"]);
  expect(() => of(",")).toThrow(SettingError);
  expect(() => synthesize({ kernels: ["./mine.py"] })).toThrow(
    "Expected kernels to be files of TypeScript, JavaScript or WebAssembly, got `./mine.py`. `pythonKernels` is for those in Python.",
  );
});
