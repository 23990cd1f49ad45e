import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { Architecture } from "aws-cdk-lib/aws-lambda";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { describe, expect, test } from "vitest";
import { KEYS, propsFromContext } from "../../infra/context.ts";
import { synthesize } from "./synthesize.ts";

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
      memoryMb: "3008",
      eventBusName: "default",
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
      memoryMb: 3008,
      eventBusName: "default",
      monitoring: false,
      removeObjects: true,
    });
  });

  test("retention, architecture and tags take effect", () => {
    const { messageRetention, resultRetention, ...props } = propsOf({
      messageRetention: "5",
      resultRetention: "30",
      logRetention: "7",
      architecture: "x86_64",
      tags: "team=physics, purpose=a=b",
    });
    expect([messageRetention!.toDays(), resultRetention!.toDays()]).toEqual([5, 30]);
    expect(props).toEqual({
      stackName: "Manyhands",
      logRetention: RetentionDays.ONE_WEEK,
      architecture: Architecture.X86_64,
      tags: { team: "physics", purpose: "a=b" },
    });
    expect(propsOf({ logRetention: "never" }).logRetention).toBe(RetentionDays.INFINITE);
    expect(propsOf({ tags: { team: "physics" } }).tags).toEqual({ team: "physics" });
  });

  test("and do so in the template", () => {
    const { stack, fanOut, resource } = synthesize(
      propsOf({ resultRetention: "30", logRetention: "7", architecture: "x86_64", tags: "team=physics" }),
    );
    const rules: object[] = resource(fanOut.bucket).Properties.LifecycleConfiguration.Rules;
    expect(rules).toContainEqual({
      ...{ Id: "ExpiredResults", Prefix: "jobs/", ExpirationInDays: 30, Status: "Enabled" },
    });
    expect(resource(fanOut.worker.logs).Properties.RetentionInDays).toBe(7);
    expect(resource(fanOut.worker).Properties.Architectures).toEqual(["x86_64"]);
    // Handed to CloudFormation with the stack, which passes them on to what it makes.
    expect(stack.tags.tagValues()).toEqual({ team: "physics" });
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
    ["memoryMb", "2 GB", "a number"],
    ["workerTimeoutSeconds", "1m", "a number"],
    ["workerTimeoutSeconds", "-1", "a positive number"],
    ["workerTimeoutSeconds", "Infinity", "a positive number"],
    ["removeObjects", "yes", "true or false"],
    ["removeObjects", "", "true or false"],
    ["monitoring", "off", "true or false"],
    ["resultRetention", "0", "a whole number of days"],
    ["resultRetention", "30d", "a whole number of days"],
    ["messageRetention", "1.5", "a whole number of days"],
    ["logRetention", "8", "never, or one of 1, 3, 5, 7, 14, 30,"],
    ["architecture", "x86", "arm64 or x86_64"],
    ["tags", "team", "team=physics,project=fractals or"],
    ["tags", "", "team=physics,project=fractals or"],
    ["tags", "aws:team=a", "team=physics,project=fractals or"],
    ["tags", "a=1,a=2", "team=physics,project=fractals or"],
    [
      "encryptionKeyArn",
      "arn:aws:kms:eu-west-3:000000000000:alias/mine",
      "the ARN of a key in KMS, not of an alias",
    ],
    ["alarmEmail", "me", "an address for mail"],
    ["alarmTopicArn", "alarms", "the ARN of a topic in SNS"],
    ["eventBusName", "my bus", "the name of a bus on EventBridge"],
    ["stackName", "my_stack", "a letter, then letters, digits and dashes"],
    ["stackName", "", "a letter, then letters, digits and dashes"],
  ])("-c %s=%s is refused with a sentence", (key, value, expected) => {
    expect(() => propsOf({ [key]: value })).toThrow(`Expected ${key} to be ${expected}`);
  });

  test("tags of another shape than a text or an object of texts are refused", () => {
    for (const tags of [["team"], { team: 1 }, null, 5])
      expect(() => propsOf({ tags })).toThrow(/^Expected tags to be team=physics.*, got `/);
  });

  test.each([
    ["maxconcurrency", "maxConcurrency"],
    ["maxConcurency", "maxConcurrency"],
    ["max-concurrency", "maxConcurrency"],
    ["workerTimeoutSecond", "workerTimeoutSeconds"],
    ["memorymb", "memoryMb"],
    ["tag", "tags"],
    ["removeObject", "removeObjects"],
    ["resultRetentionDays", "resultRetention"],
    ["logsRetention", "logRetention"],
  ])("-c %s is refused with the name that was meant, and is not ignored", (key, meant) => {
    expect(() => propsOf({ maxConcurrency: 5, [key]: 5 })).toThrow(
      `Expected a setting to be one of ${KEYS.join(", ")}, got \`${key}\`. Did you mean ${meant}?`,
    );
  });

  test("every setting has its row in docs/aws.md, and no other name has", () => {
    const text = readFileSync(join(import.meta.dirname, "../../docs/aws.md"), "utf8");
    const [, table = ""] = /^\| setting \|.*?\n\|---.*?\n(.*?)\n\n/ms.exec(text) ?? [];
    const rows = table.split("\n").flatMap((row) => [...row.split("|")[1]!.matchAll(/`(\w+)`/g)]);
    expect(rows.map(([, name]) => name).toSorted()).toEqual(KEYS.toSorted());
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
