import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Duration } from "aws-cdk-lib";
import { describe, expect, test } from "vitest";
import { STAGES, type Stage } from "../../shared/build/bundling.ts";
import {
  DEFAULT_CHECK_AFTER_SECONDS,
  DEFAULT_RETRY_AFTER_SECONDS,
  ENV,
} from "../../shared/validation/env.ts";
import { synthesize } from "./synthesize.ts";

const ROOT = join(import.meta.dirname, "../..");
/** With all that sets a variable. */
const { arnOf, fanOut, idOf, resource } = synthesize({ eventBusName: "default" });
const variablesOf = (stage: Stage) => resource(fanOut[stage]).Properties.Environment.Variables;

/** For kernels in Python, see python-fleet.test.ts. */
const OF_PYTHON: readonly string[] = [ENV.pythonChunkQueueUrl, ENV.pythonDeadLetterQueueArn];

/** The names a stage asks its environment for, taken from its source. */
function namesReadBy(stage: Stage): string[] {
  const source = readFileSync(join(ROOT, "functions", stage, `${stage}-handler.ts`), "utf8");
  const keys = [...source.matchAll(/\bENV\.(\w+)/g)].map(([, key]) => key as keyof typeof ENV);
  return [...new Set(keys)]
    .map((key) => ENV[key])
    .filter((name) => !OF_PYTHON.includes(name))
    .sort();
}

describe("environment", () => {
  test.each(STAGES)("the %s gets the variables that its handler reads, and no other", (stage) => {
    expect(namesReadBy(stage)).not.toEqual([]);
    expect(Object.keys(variablesOf(stage)).sort()).toEqual(namesReadBy(stage));
  });

  test("only handlers read the environment, and only by these names", () => {
    const files = readdirSync(join(ROOT, "functions"), { recursive: true, encoding: "utf8" });
    const readers = files
      .filter((file) => file.endsWith(".ts"))
      .filter((file) =>
        /process\.env|readEnv|readNumberEnv/.test(readFileSync(join(ROOT, "functions", file), "utf8")),
      );
    // The stack sets neither: kernels.ts, where a process of this machine finds the kernels from files, and who works beside it; hub.ts, what it has in place of SQS and S3; billing.ts, what a local slot stands for.
    const handlers = STAGES.map((stage) => `${stage}/${stage}-handler.ts`);
    expect(readers.sort()).toEqual(["billing.ts", "hub.ts", "kernels.ts", ...handlers].sort());
    for (const file of readers) {
      expect(readFileSync(join(ROOT, "functions", file), "utf8")).not.toMatch(
        /process\.env(?!\[ENV\.)|read(Number)?Env\((?!ENV\.)/,
      );
    }
  });

  test("every stage is told the same bucket", () => {
    for (const stage of STAGES) expect(variablesOf(stage)[ENV.bucket]).toEqual({ Ref: idOf(fanOut.bucket) });
  });

  test("queues go by their URLs, the dead letters by their ARN", () => {
    for (const stage of ["splitter", "worker"] as const) {
      expect(variablesOf(stage)[ENV.chunkQueueUrl]).toEqual({ Ref: idOf(fanOut.chunks) });
    }
    for (const stage of STAGES)
      expect(variablesOf(stage)[ENV.resultQueueUrl]).toEqual({ Ref: idOf(fanOut.results) });
    expect(variablesOf("aggregator")[ENV.deadLetterQueueArn]).toEqual(arnOf(fanOut.chunkDeadLetters));
  });

  test("the splitter packs for the workers that there are", () => {
    const { resource, fanOut } = synthesize({ memoryMb: 3538, workerTimeout: Duration.seconds(30) });
    const { MemorySize, Timeout } = resource(fanOut.worker).Properties;
    expect([MemorySize, Timeout]).toEqual([3538, 30]);
    expect(resource(fanOut.splitter).Properties.Environment.Variables).toMatchObject({
      [ENV.workerMemoryMb]: "3538",
      [ENV.workerTimeoutSeconds]: "30",
    });
  });

  test("delays are the defaults of shared/validation/env.ts", () => {
    for (const stage of ["splitter", "aggregator"] as const) {
      expect(variablesOf(stage)[ENV.checkAfterSeconds]).toBe(`${DEFAULT_CHECK_AFTER_SECONDS}`);
    }
    for (const stage of ["worker", "aggregator"] as const) {
      expect(variablesOf(stage)[ENV.retryAfterSeconds]).toBe(`${DEFAULT_RETRY_AFTER_SECONDS}`);
    }
  });
});
