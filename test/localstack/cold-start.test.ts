import { GetFunctionCommand, ListVersionsByFunctionCommand } from "@aws-sdk/client-lambda";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { expect, onTestFinished, test, vi } from "vitest";
import { measureOnAws } from "../../experiments/cold-start/aws.ts";
import { CELLS } from "../../experiments/cold-start/cells.ts";
import { STACK_NAME } from "../../shared/validation/env.ts";
import { deployedSite } from "../helpers/site.ts";

const site = deployedSite();

const cellOf = (memoryMb: number, bundle: string, kernel: string) =>
  CELLS.findIndex((cell) => cell.memoryMb === memoryMb && cell.bundle === bundle && cell.kernel === kernel);

/** What the experiment changes meanwhile. */
async function stateOf() {
  const { lambda, s3 } = site.clients;
  const FunctionName = site.outputs.WorkerFunctionName ?? "";
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName }));
  const { Versions = [] } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName }));
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: site.outputs.BucketName, Prefix: "jobs/" }),
  );
  return {
    ...{ memory: Configuration?.MemorySize, code: Configuration?.CodeSha256 },
    variables: Configuration?.Environment?.Variables,
    versions: Versions.map(({ Version }) => Version),
    jobs: Contents.map(({ Key }) => Key),
  };
}

test("cold starts on a deployment: a version a start, a burst, reports apart, and the worker as it was", async () => {
  for (const [name, value] of Object.entries(site.localStack.environment)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const before = await stateOf();
  const cells = [
    cellOf(128, "as deployed", "WebAssembly"),
    cellOf(512, "as deployed", "TypeScript"),
    cellOf(512, "as deployed", "uploaded"),
    cellOf(1769, "ES module", "WebAssembly"),
  ];
  const { starts, burst, place } = await measureOnAws(STACK_NAME, { blocks: 1, cells, bursts: [256] });
  expect(place).toContain(" at http://127.0.0.1:");
  expect(starts.map(({ cell }) => cell).sort()).toEqual(cells.toSorted());
  for (const { cell, first, second } of starts) {
    expect(first).toMatchObject({ memoryMb: CELLS[cell]!.memoryMb, initMs: expect.any(Number) });
    expect(second.memoryMb).toBe(CELLS[cell]!.memoryMb);
    expect(second.initMs).toBeUndefined();
    expect(second.requestId).not.toBe(first.requestId);
  }
  expect(burst.length).toBeGreaterThan(1);
  for (const report of burst) expect(report).toMatchObject({ memoryMb: 256, initMs: expect.any(Number) });
  expect(await stateOf()).toEqual(before);
});
