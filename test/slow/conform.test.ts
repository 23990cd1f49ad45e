import { join } from "node:path";
import { expect, test } from "vitest";
import { checkNames, conform, type Result } from "../../client/conform/conform.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const WORKER = join(import.meta.dirname, "../helpers/worker-at-a-queue.ts");

/** The names of the checks that a worker fails, which breaks the rule `broken`; each of its faults is a sentence. */
async function failedBy(broken: string, only?: readonly string[], command = [process.execPath, WORKER]) {
  const results: Result[] = [];
  const all = ["env", `BROKEN=${broken}`, ...command];
  const options = {
    only,
    seconds: 60,
    onOutput: () => {},
    onResult: (result: Result) => results.push(result),
  };
  const isRight = await conform(all, options);
  const failed = results.filter(({ fault }) => fault !== undefined);
  expect(isRight).toBe(failed.length === 0);
  for (const { fault } of failed) expect(fault).toMatch(/^Expected .+, (got|it) .+\.$/s);
  return { failed: failed.map(({ check }) => check), checked: results.length };
}

test("the worker of the stages keeps the protocol", async () => {
  expect(await failedBy("")).toEqual({ failed: [], checked: checkNames().length });
});

test("so does `manyhands worker`, two processes and their parent", async () => {
  const command = [
    process.execPath,
    join(import.meta.dirname, "../helpers/standing-at-a-queue.ts"),
    temporaryFolder(),
  ];
  expect(await failedBy("", undefined, command)).toEqual({ failed: [], checked: checkNames().length });
});

test.each([
  ["acknowledges first", ["order", "first-chunk"], ["order", "first-chunk"]],
  ["never asks whether a round is cancelled", ["cancelled", "first-chunk"], ["cancelled"]],
  ["writes over what is stored", ["conditional-put", "other-values"], ["conditional-put", "other-values"]],
  ["ends in the middle", ["stops"], ["stops"]],
  ["counts no rounds", ["handed-on", "handed-on-long"], ["handed-on"]],
  ["hides for ever what it lacks", ["handed-on", "handed-on-long"], ["handed-on-long"]],
  ["sends nothing again", ["taken-apart", "poison", "again"], ["taken-apart", "poison"]],
])("a worker that %s fails a check", async (broken, only, expected) => {
  const { failed } = await failedBy(broken, only);
  expect(failed.toSorted()).toEqual(expected.toSorted());
});

test("a worker that ends, or never takes a message, is told from one that is wrong", async () => {
  const results: Result[] = [];
  const options = {
    only: ["first-chunk"],
    onOutput: () => {},
    onResult: (result: Result) => results.push(result),
  };
  await conform(["true"], { ...options, seconds: 60 });
  await conform(["tail", "-f", "/dev/null"], { ...options, seconds: 0.5 });
  expect(results.map(({ fault }) => fault)).toEqual([
    "Expected the worker to go on, it ended (exit code 0).",
    "Expected the worker to acknowledge the message, or to hand it back within 0.5 s, it did neither.",
  ]);
});

test("a command that cannot be started, and a check that there is not, are bad input", async () => {
  await expect(failedBy("", ["no-such-check"])).rejects.toThrow(InvalidInputError);
  const options = { seconds: 60, onOutput: () => {}, onResult: () => {} };
  await expect(conform(["/nowhere/worker"], options)).rejects.toThrow(/Expected the command to be a program/);
});
