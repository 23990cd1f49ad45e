import { describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { synthesize } from "./synthesize.ts";

const { fanOut, idOf, outputs } = synthesize();
const values = Object.fromEntries(
  Object.entries(outputs).map(([key, output]) => [key, (output as { Value: unknown }).Value]),
);

describe("outputs", () => {
  test("clients find everything by keys that stay", () => {
    expect(values).toEqual({
      BucketName: { Ref: idOf(fanOut.bucket) },
      SplitterFunctionName: { Ref: idOf(fanOut.splitter) },
      ChunkQueueUrl: { Ref: idOf(fanOut.chunks) },
      ChunkDeadLetterQueueUrl: { Ref: idOf(fanOut.chunkDeadLetters) },
      ResultQueueUrl: { Ref: idOf(fanOut.results) },
      ResultDeadLetterQueueUrl: { Ref: idOf(fanOut.resultDeadLetters) },
      StackVersion: packageJson.version,
      Region: { Ref: "AWS::Region" },
    });
  });

  test("each says what it is and exports nothing", () => {
    for (const output of Object.values(outputs)) {
      expect(output).toHaveProperty("Description");
      expect(output).not.toHaveProperty("Export");
    }
  });
});
