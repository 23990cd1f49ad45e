import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkNames, conform, type Result } from "../../client/conform/conform.ts";
import { noRedis } from "../helpers/redis-server.ts";

const MAIN = join(import.meta.dirname, "../../cli/main.js");
const WORKER = join(import.meta.dirname, "../helpers/worker-at-a-redis.ts");

/** The names of the checks that a worker on Redis fails. */
async function failedBy(command: readonly string[], only?: readonly string[]) {
  const results: Result[] = [];
  let output = "";
  const isRight = await conform(command, {
    ...{ only, isOnRedis: true, seconds: 60 },
    onOutput: (text) => {
      output += text;
    },
    onResult: (result) => results.push(result),
  });
  const failed = results.filter(({ fault }) => fault !== undefined);
  expect(isRight, output).toBe(failed.length === 0);
  return { failed: failed.map(({ check, fault }) => `${check}: ${fault}`), checked: results.length };
}

describe.skipIf(noRedis)("on Redis", () => {
  test("`manyhands worker` keeps the protocol", async () => {
    const command = [process.execPath, MAIN, "worker", "--workers", "1"];
    expect(await failedBy(command)).toEqual({ failed: [], checked: checkNames(true).length });
  });

  test.each([
    ["acknowledges first", "order: Expected"],
    ["reports before it stores", "order: Expected"],
    ["steals what it may not hide", "newer-version: Expected"],
  ])("a worker that %s fails a check", async (broken, fault) => {
    const [name = ""] = fault.split(":");
    const { failed } = await failedBy(["env", `BROKEN=${broken}`, process.execPath, WORKER], [name]);
    expect(failed).toEqual([expect.stringMatching(new RegExp(`^${fault}`))]);
  });
});
