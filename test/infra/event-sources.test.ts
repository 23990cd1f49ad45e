import { describe, expect, test } from "vitest";
import { synthesize } from "./synthesize.ts";

const { arnOf, fanOut, idOf, ofType } = synthesize();

const mappingOf = (
  queue: Parameters<typeof arnOf>[0],
  { ofType }: Pick<ReturnType<typeof synthesize>, "ofType">,
) => {
  const found = ofType("AWS::Lambda::EventSourceMapping").filter(
    ({ Properties }) => JSON.stringify(Properties.EventSourceArn) === JSON.stringify(arnOf(queue)),
  );
  expect(found).toHaveLength(1);
  return found[0]!.Properties;
};

describe("event source mappings", () => {
  test("chunk messages go to the worker one at a time, to 900 at most", () => {
    const mapping = mappingOf(fanOut.chunks, { ofType });
    expect(mapping.FunctionName).toEqual({ Ref: idOf(fanOut.worker) });
    expect(mapping.BatchSize).toBe(1);
    expect(mapping.ScalingConfig).toEqual({ MaximumConcurrency: 900 });
  });

  test.each([
    ["reports", fanOut.results],
    ["chunk dead letters", fanOut.chunkDeadLetters],
  ])("%s go to the aggregator in batches, to two at most", (_, queue) => {
    const mapping = mappingOf(queue, { ofType });
    expect(mapping.FunctionName).toEqual({ Ref: idOf(fanOut.aggregator) });
    expect(mapping.BatchSize).toBe(100);
    expect(mapping.MaximumBatchingWindowInSeconds).toBe(1);
    expect(mapping.ScalingConfig).toEqual({ MaximumConcurrency: 2 });
  });

  test("every mapping takes partial batch responses, and there are only these three", () => {
    const mappings = ofType("AWS::Lambda::EventSourceMapping");
    expect(mappings).toHaveLength(3);
    for (const { Properties } of mappings)
      expect(Properties.FunctionResponseTypes).toEqual(["ReportBatchItemFailures"]);
  });

  test("the worker's concurrency is the caller's choice", () => {
    const other = synthesize({ maxConcurrency: 2 });
    expect(mappingOf(other.fanOut.chunks, other).ScalingConfig).toEqual({ MaximumConcurrency: 2 });
  });
});
