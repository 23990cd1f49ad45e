import { describe, expect, test } from "vitest";
import { synthesize } from "./synthesize.ts";

const { arnOf, fanOut, idOf, ofType, resource } = synthesize();

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
  test("chunk messages go to the worker one at a time, to what burst leaves of 900 at most", () => {
    const mapping = mappingOf(fanOut.chunks, { ofType });
    expect(mapping.FunctionName).toEqual({ Ref: idOf(fanOut.worker) });
    expect(mapping.BatchSize).toBe(1);
    expect(mapping.ScalingConfig).toEqual({ MaximumConcurrency: 180 });
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

  test("pollers that are kept ready take the place of a maximum concurrency", () => {
    const other = synthesize({ provisionedPollers: { minimum: 5 } });
    const mapping = mappingOf(other.fanOut.chunks, other);
    expect(mapping.ScalingConfig).toBeUndefined();
    expect(mapping.ProvisionedPollerConfig).toEqual({ MinimumPollers: 5, MaximumPollers: 90 });
  });

  test("a worker that is not waited for is tried once, within a minute", () => {
    const [config, ...others] = ofType("AWS::Lambda::EventInvokeConfig");
    expect(others).toEqual([]);
    expect(config?.Properties).toMatchObject({
      FunctionName: { Ref: idOf(fanOut.worker) },
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
  });

  test("only the worker may invoke itself time and again, and only where it has reason to", () => {
    const chains = (from: typeof ofType) =>
      from("AWS::Lambda::Function").map(({ Properties }) => Properties.RecursiveLoop);
    expect(chains(ofType).filter((loop) => loop === "Allow")).toHaveLength(1);
    expect(resource(fanOut.worker).Properties.RecursiveLoop).toBe("Allow");
    expect(chains(synthesize({ burstConcurrency: 0 }).ofType)).toEqual([undefined, undefined, undefined]);
  });

  test("the worker's concurrency is the caller's choice", () => {
    const other = synthesize({ maxConcurrency: 2 });
    expect(mappingOf(other.fanOut.chunks, other).ScalingConfig).toEqual({ MaximumConcurrency: 2 });
  });
});
