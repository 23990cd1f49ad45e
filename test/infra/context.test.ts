import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { describe, expect, test } from "vitest";
import cdkJson from "../../cdk.json" with { type: "json" };
import { propsFromContext } from "../../infra/context.ts";

const APP = join(import.meta.dirname, "../../infra/app.ts");
const propsOf = (context: Record<string, unknown>) => propsFromContext(new App({ context }).node);

describe("what the command line says with -c", () => {
  test("nothing leaves the defaults", () => {
    expect(propsOf({})).toEqual({ stackName: "Manyhands" });
  });

  test("becomes the stack's properties", () => {
    const { workerTimeout, ...props } = propsOf({
      stackName: "Second",
      maxConcurrency: "100",
      burstConcurrency: "0",
      provisionedPollers: "4",
      workerMemoryMb: "3008",
      workerTimeoutSeconds: "90",
      monitoring: "false",
      removeObjects: "true",
    });
    expect(workerTimeout!.toSeconds()).toBe(90);
    expect(props).toEqual({
      stackName: "Second",
      maxConcurrency: 100,
      burstConcurrency: 0,
      provisionedPollers: { minimum: 4 },
      workerMemoryMb: 3008,
      monitoring: false,
      removeObjects: true,
    });
  });

  test("may be kept in cdk.json as numbers and truth values", () => {
    expect(propsOf({ maxConcurrency: 100, removeObjects: true })).toMatchObject({
      maxConcurrency: 100,
      removeObjects: true,
    });
  });

  test.each([
    ["maxConcurrency", "many", "a number"],
    ["maxConcurrency", "", "a number"],
    ["workerMemoryMb", "2 GB", "a number"],
    ["workerTimeoutSeconds", "1m", "a number"],
    ["workerTimeoutSeconds", "-1", "a positive number"],
    ["workerTimeoutSeconds", "Infinity", "a positive number"],
    ["removeObjects", "yes", "true or false"],
    ["removeObjects", "", "true or false"],
    ["monitoring", "off", "true or false"],
    ["stackName", "my_stack", "a letter, then letters, digits and dashes"],
    ["stackName", "", "a letter, then letters, digits and dashes"],
  ])("-c %s=%s is refused with a sentence", (key, value, expected) => {
    expect(() => propsOf({ [key]: value })).toThrow(`Expected ${key} to be ${expected}, got \``);
  });

  test.each([
    ["maxconcurrency", "maxConcurrency"],
    ["maxConcurency", "maxConcurrency"],
    ["max-concurrency", "maxConcurrency"],
    ["workerTimeoutSecond", "workerTimeoutSeconds"],
    ["workerMemory", "workerMemoryMb"],
    ["removeObject", "removeObjects"],
  ])("-c %s is refused with the name that was meant, and is not ignored", (key, meant) => {
    expect(() => propsOf({ maxConcurrency: 5, [key]: 5 })).toThrow(
      `Expected a setting to be one of stackName, maxConcurrency, burstConcurrency, provisionedPollers, workerMemoryMb, workerTimeoutSeconds, monitoring, removeObjects, got \`${key}\`. Did you mean ${meant}?`,
    );
  });

  test("the keys of CDK and of other apps are none of its business", () => {
    const others = { mail: "me@example.com", "cdk:monitoring": 1, "acknowledged-issue-numbers": [1] };
    expect(propsOf({ ...cdkJson.context, ...others })).toEqual({ stackName: "Manyhands" });
  });

  test("what is refused ends the app with the sentence alone, and nothing is written", () => {
    const folder = mkdtempSync(join(tmpdir(), "manyhands-refused-"));
    try {
      const { status, stdout, stderr } = spawnSync(process.execPath, [APP], {
        // As the CDK's command line calls it.
        env: { CDK_CONTEXT_JSON: JSON.stringify({ maxConcurrency: "1" }), CDK_OUTDIR: folder },
        encoding: "utf8",
      });
      expect({ status, stdout, stderr }).toEqual({
        status: 2,
        stdout: "",
        stderr: "Expected maxConcurrency to be a whole number from 2 to 1000, got `1`.\n",
      });
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
