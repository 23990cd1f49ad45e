import { Duration } from "aws-cdk-lib";
import { describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { buildToDeploy } from "../../shared/build/of-stages.ts";
import { type Synthesized, synthesize } from "./synthesize.ts";

const valuesOf = ({ outputs }: Pick<Synthesized, "outputs">) =>
  Object.fromEntries(
    Object.entries(outputs).map(([key, output]) => [key, (output as { Value: unknown }).Value]),
  );

const made = synthesize();
const { fanOut, idOf, outputs } = made;
const values = valuesOf(made);

/** A value's text, with the bucket's name for its reference. */
const textOf = (value: unknown): string => {
  const { "Fn::Join": join } = value as { "Fn::Join"?: [string, unknown[]] };
  return join
    ? join[1].map((part) => (typeof part === "string" ? part : "<bucket>")).join(join[0])
    : `${value}`;
};

describe("outputs", () => {
  test("clients find everything by keys that stay", () => {
    expect(values).toEqual({
      BucketName: { Ref: idOf(fanOut.bucket) },
      SplitterFunctionName: { Ref: idOf(fanOut.splitter) },
      ChunkQueueUrl: { Ref: idOf(fanOut.chunks) },
      ChunkDeadLetterQueueUrl: { Ref: idOf(fanOut.chunkDeadLetters) },
      ResultQueueUrl: { Ref: idOf(fanOut.results) },
      ResultDeadLetterQueueUrl: { Ref: idOf(fanOut.resultDeadLetters) },
      WorkerFunctionName: { Ref: idOf(fanOut.worker) },
      AggregatorFunctionName: { Ref: idOf(fanOut.aggregator) },
      ClientPolicyArn: { Ref: idOf(fanOut.clientPolicy) },
      MaxConcurrency: "900",
      KernelUploads: "wasm",
      DashboardName: { Ref: idOf(fanOut.dashboard!) },
      StackVersion: packageJson.version,
      Build: JSON.stringify(buildToDeploy()),
      Region: { Ref: "AWS::Region" },
      StackName: "Manyhands",
      IdleCost: expect.any(String),
      AlarmReceivers: expect.stringMatching(/^Alarms tell nobody, .* -c alarmEmail=me@example\.com or -c/),
      Retention: expect.stringMatching(
        /^Results are kept until somebody deletes them .* -c resultRetention=90/,
      ),
      Removal: expect.anything(),
    });
  });

  test("each says what it is and exports nothing", () => {
    for (const output of Object.values(outputs)) {
      expect(output).toHaveProperty("Description");
      expect(output).not.toHaveProperty("Export");
    }
  });

  test("the fleet's cap is the one that was deployed", () => {
    expect(valuesOf(synthesize({ maxConcurrency: 7 })).MaxConcurrency).toBe("7");
  });

  test("the removal names the bucket that stays, and how it would not", () => {
    expect(values.Removal).toMatchObject({
      "Fn::Join": ["", expect.arrayContaining([{ Ref: idOf(fanOut.bucket) }])],
    });
    expect(textOf(values.Removal)).toBe(
      "npx cdk destroy leaves bucket <bucket> with the results; with removeObjects=true deployed before, those go too.",
    );
  });

  test("where the results go too, the removal says so", () => {
    expect(textOf(valuesOf(synthesize({ removeObjects: true })).Removal)).toBe(
      "npx cdk destroy removes everything, with all results in bucket <bucket>.",
    );
  });

  test("where results expire, the retention says when", () => {
    const { Retention } = valuesOf(synthesize({ resultRetention: Duration.days(30) }));
    expect(Retention).toBe("S3 removes what a job stored 30 days after it was written.");
  });

  test("a stack of another name is removed by its name", () => {
    const other = valuesOf(synthesize({ stackName: "Second" }));
    expect(other.StackName).toBe("Second");
    expect(textOf(other.Removal)).toMatch(/^npx cdk destroy -c stackName=Second leaves bucket <bucket>/);
  });
});
