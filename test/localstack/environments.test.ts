import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { isRunning } from "../../client/processes.ts";
import { functionsOn } from "../helpers/lambda.ts";
import { localStackForThisFile, readLogGroup } from "../helpers/localstack.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const KEEP_ALIVE_MS = 15_000;
const localStack = await localStackForThisFile({ keepAliveMs: KEEP_ALIVE_MS });
const makeFunction = functionsOn(localStack);

const COUNTING = `
  let calls = 0;
  exports.handler = async () => ({ pid: process.pid, calls: ++calls });`;
/** Says that it runs by a file, and goes on when there is another. */
const WAITING = `
  const { existsSync, writeFileSync } = require("node:fs");
  exports.handler = async ({ started, goOn }) => {
    writeFileSync(started, "");
    while (!existsSync(goOn)) await new Promise((resolve) => setTimeout(resolve, 10));
    return { pid: process.pid, version: 1 };
  };`;

interface Answer {
  readonly pid: number;
  readonly calls: number;
}

function signals() {
  const folder = temporaryFolder();
  return { started: join(folder, "started"), goOn: join(folder, "go-on") };
}

const exists = (path: string) => vi.waitUntil(() => existsSync(path), { timeout: 60_000 });
const isGone = (pid: number) => vi.waitUntil(() => !isRunning(pid), { timeout: 60_000 });

test("an environment is initialised once and used again", async () => {
  const { invoke } = await makeFunction(COUNTING);
  const [first, second] = [await invoke(), await invoke()];
  const { pid } = first.payload as Answer;
  expect([first.payload, second.payload]).toEqual([
    { pid, calls: 1 },
    { pid, calls: 2 },
  ]);
  expect(first.log).toMatch(/^REPORT .*\tInit Duration: \d+\.\d\d ms/m);
  expect(second.log).toMatch(/^REPORT /m);
  expect(second.log).not.toContain("Init Duration");
});

test("calls at the same time have an environment each", async () => {
  const { invoke } = await makeFunction(WAITING);
  const [one, other] = [signals(), signals()];
  const calls = [invoke({ ...one, goOn: other.goOn }), invoke({ ...other, goOn: other.goOn })];
  await Promise.all([exists(one.started), exists(other.started)]);
  writeFileSync(other.goOn, "");
  const pids = (await Promise.all(calls)).map(({ payload }) => (payload as Answer).pid);
  expect(new Set(pids).size).toBe(2);
});

test("an environment that idles is removed, with its process", async () => {
  const { invoke } = await makeFunction(COUNTING);
  const { pid } = (await invoke()).payload as Answer;
  await isGone(pid);
  expect((await invoke()).payload).toMatchObject({ calls: 1 });
});

test("a call that runs while its function is updated finishes, and its environment goes then", async () => {
  const { name, invoke, update } = await makeFunction(WAITING);
  const files = signals();
  const running = invoke(files);
  await exists(files.started);
  await update(`exports.handler = async () => ({ version: 2 });`);
  expect((await invoke()).payload).toEqual({ version: 2 });
  writeFileSync(files.goOn, "");
  const { payload, log } = await running;
  expect(payload).toMatchObject({ version: 1 });
  expect(log).toMatch(/^REPORT /m);
  expect(await readLogGroup(localStack, `/aws/lambda/${name}`)).toContain(log);
  await isGone((payload as Answer).pid);
});

test("ES modules are handlers too, with the context that AWS gives", async () => {
  const { name, invoke } = await makeFunction(
    `await Promise.resolve();
     export const handler = async (event, context) => {
       const remainingMs = context.getRemainingTimeInMillis();
       return { event, context, remainingMs, root: process.env.LAMBDA_TASK_ROOT === import.meta.dirname };
     };`,
    { file: "index.mjs", Timeout: 20 },
  );
  const { payload, log } = await invoke({ a: 1 });
  const { remainingMs, context } = payload as { remainingMs: number; context: { awsRequestId: string } };
  expect(payload).toMatchObject({
    event: { a: 1 },
    root: true,
    context: {
      functionName: name,
      functionVersion: "$LATEST",
      memoryLimitInMB: "256",
      logGroupName: `/aws/lambda/${name}`,
      invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    },
  });
  expect(log).toContain(`START RequestId: ${context.awsRequestId} Version: $LATEST\n`);
  expect(remainingMs).toBeGreaterThan(0);
  expect(remainingMs).toBeLessThanOrEqual(20_000);
});
