import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { functionsOn } from "../helpers/lambda.ts";
import { callLocalStack, localStackForThisFile, readLogGroup } from "../helpers/localstack.ts";

const localStack = await localStackForThisFile();
const makeFunction = functionsOn(localStack);

async function makeGroup(): Promise<string> {
  const logGroupName = `group-${randomUUID()}`;
  await callLocalStack(localStack, "Logs_20140328.CreateLogGroup", { logGroupName });
  return logGroupName;
}

const SPEAKING = `
  console.log("loaded");
  exports.handler = async () => {
    console.warn("two\\nlines");
    process.stdout.write("as it is");
  };`;

test("the configured log group holds what a function says, between START, END and REPORT", async () => {
  const LogGroup = await makeGroup();
  const { invoke } = await makeFunction(SPEAKING, { LoggingConfig: { LogGroup } });
  await invoke();
  const log = await readLogGroup(localStack, LogGroup);
  expect(log.replaceAll(/[0-9a-f-]{36}/g, "<id>").replaceAll(/[\d-]+T[\d:.]+Z/g, "<time>")).toMatch(
    new RegExp(
      [
        "^<time>\\tundefined\\tINFO\\tloaded",
        "START RequestId: <id> Version: \\$LATEST",
        "<time>\\t<id>\\tWARN\\ttwo\\rlines",
        "as it is",
        "END RequestId: <id>",
        "REPORT RequestId: <id>\\tDuration: \\d+\\.\\d\\d ms\\tBilled Duration: \\d+ ms\\tMemory Size: 256 MB\\t" +
          "Max Memory Used: \\d+ MB\\tInit Duration: \\d+\\.\\d\\d ms\\n$",
      ].join("\\n"),
    ),
  );
});

test("a function's own group is made where none is configured", async () => {
  const { name, invoke } = await makeFunction(SPEAKING);
  await invoke();
  expect(await readLogGroup(localStack, `/aws/lambda/${name}`)).toContain("REPORT RequestId:");
});

test("what code says that cannot be loaded is in the log, too", async () => {
  const LogGroup = await makeGroup();
  const { invoke } = await makeFunction(`console.log("nearly there"); throw new Error("no");`, {
    LoggingConfig: { LogGroup },
  });
  await invoke();
  const log = await readLogGroup(localStack, LogGroup);
  expect(log).toMatch(
    /\tnearly there\n.*\tERROR\tInit Error \t\{"errorType":"Error","errorMessage":"no".*\nINIT_REPORT /,
  );
});
