import { expect, test, vi } from "vitest";
import { isRunning } from "../../client/processes.ts";
import { functionsOn, type Invoked } from "../helpers/lambda.ts";
import { localStackForThisFile } from "../helpers/localstack.ts";

const localStack = await localStackForThisFile();
const makeFunction = functionsOn(localStack);

const REQUEST = "[0-9a-f-]{36}";
/** Answers with its process id, or fails as the event says; console.log tells who failed. */
const MISBEHAVING = `
  exports.handler = async ({ fail }) => {
    console.log("pid " + process.pid);
    if (fail) await eval(fail);
    return { pid: process.pid };
  };`;

/** AWS's error body of a process that ended, with the reason as the log has it. */
function exitError(reason: string) {
  return {
    errorType: "Runtime.ExitError",
    errorMessage: expect.stringMatching(
      new RegExp(`^RequestId: ${REQUEST} Error: Runtime exited ${reason}$`),
    ),
  };
}

const pidIn = ({ log }: Invoked) => Number(/pid (\d+)/.exec(log)?.[1]);

test("what a handler throws comes back as AWS words it, and the environment stays", async () => {
  const { invoke } = await makeFunction(MISBEHAVING);
  const before = await invoke();
  const failed = await invoke({ fail: `throw new RangeError("too many")` });
  expect(failed.error).toBe("Unhandled");
  expect(failed.payload).toEqual({
    errorType: "RangeError",
    errorMessage: "too many",
    trace: expect.arrayContaining(["RangeError: too many", expect.stringContaining("handler")]),
  });
  expect(failed.log).toContain("ERROR\tInvoke Error \t");
  expect(failed.log).toMatch(/^REPORT .*\tStatus: error\tError Type: RangeError$/m);
  expect((await invoke()).payload).toEqual(before.payload);
});

test.each([
  ["exits", "process.exit(3)", "with error: exit status 3"],
  ["exits as if nothing was wrong", "process.exit(0)", "without providing a reason"],
  ["is killed", `process.kill(process.pid, "SIGKILL"), new Promise(() => {})`, "with error: signal: killed"],
  [
    "uses more memory than it has",
    "(async () => { const all = []; for (;;) { all.push(new Float64Array(1 << 20).fill(1)); await new Promise(setImmediate); } })()",
    "with error: signal: killed",
  ],
])("a process that %s is reported, and the next call gets a fresh one", async (_, fail, reason) => {
  const { invoke } = await makeFunction(MISBEHAVING);
  const { pid } = (await invoke()).payload as { pid: number };
  const failed = await invoke({ fail });
  expect(failed).toMatchObject({ error: "Unhandled", payload: exitError(reason) });
  expect(failed.log).toMatch(/\nRuntime\.ExitError\nEND .*\nREPORT .*\tError Type: Runtime\.ExitError\n$/);
  const after = await invoke();
  expect(after.error).toBeUndefined();
  expect(after.payload).not.toEqual({ pid });
  // As on AWS, where a process is started again within a call it counts as a part of the call.
  expect(after.log).not.toContain("Init Duration");
});

test("a heap that is full ends the process, not LocalStack", async () => {
  const { invoke } = await makeFunction(MISBEHAVING, { MemorySize: 128 });
  const failed = await invoke({ fail: `const all = []; for (;;) all.push({ a: [all.length] });` });
  expect(failed.payload).toEqual(exitError("with error: signal: \\w+"));
  expect((await invoke()).error).toBeUndefined();
});

test.each([
  ["waits", "new Promise((resolve) => setTimeout(resolve, 1e6))"],
  ["spins", "(() => { for (;;); })()"],
])("a function that %s for longer than its timeout is killed", async (_, fail) => {
  const { invoke } = await makeFunction(MISBEHAVING, { Timeout: 2 });
  const failed = await invoke({ fail });
  expect(failed.payload).toEqual({
    errorType: "Sandbox.Timedout",
    errorMessage: expect.stringMatching(
      new RegExp(`^RequestId: ${REQUEST} Error: Task timed out after 2\\.00 seconds$`),
    ),
  });
  expect(failed.log).toMatch(/ Task timed out after 2\.00 seconds$/m);
  expect(failed.log).toMatch(/^REPORT .*\tStatus: timeout$/m);
  expect(isRunning(pidIn(failed))).toBe(false);
  // To start its process anew takes time of the next call's own two seconds.
  await vi.waitUntil(async () => (await invoke()).error === undefined, { timeout: 60_000 });
});

test("whatever a killed function has started is killed with it", async () => {
  const { invoke } = await makeFunction(MISBEHAVING, { Timeout: 2 });
  const failed = await invoke({
    fail: `(() => {
      const child = require("node:child_process").spawn(process.execPath, ["-e", "for (;;);"]);
      console.log("child " + child.pid);
      for (;;);
    })()`,
  });
  const child = Number(/child (\d+)/.exec(failed.log)?.[1]);
  expect(child).toBeGreaterThan(0);
  await vi.waitUntil(() => !isRunning(child), { timeout: 60_000 });
});

test("errors outside of the handler's promise are reported and end the process", async () => {
  const { invoke } = await makeFunction(MISBEHAVING);
  const thrown = await invoke({
    fail: `setTimeout(() => { throw new TypeError("late"); }), new Promise(() => {})`,
  });
  expect(thrown.payload).toMatchObject({ errorType: "TypeError", errorMessage: "late" });
  const rejected = await invoke({
    fail: `void Promise.reject(new Error("nobody cares")), new Promise(() => {})`,
  });
  expect(rejected.payload).toMatchObject({
    errorType: "Runtime.UnhandledPromiseRejection",
    errorMessage: "Error: nobody cares",
  });
  expect(pidIn(rejected)).not.toBe(pidIn(thrown));
  expect((await invoke()).error).toBeUndefined();
});

test.each([
  [
    "that throws",
    `console.log("here"); throw new SyntaxError("no");`,
    "Runtime.UserCodeSyntaxError",
    "SyntaxError: no",
  ],
  [
    "without the handler",
    `console.log("here");`,
    "Runtime.HandlerNotFound",
    "index.handler is undefined or not exported",
  ],
  [
    "that needs what is not there",
    `console.log("here"); require("./missing");`,
    "Runtime.ImportModuleError",
    expect.stringContaining("Cannot find module './missing'"),
  ],
])("code %s fails each call, and the log says what it said", async (_, source, errorType, errorMessage) => {
  const { invoke } = await makeFunction(source);
  for (const log of [
    /\there\n.*\tERROR\tInit Error .*\nINIT_REPORT .*\tPhase: init\tStatus: error.*\nSTART /,
    /^START /,
  ]) {
    const failed = await invoke();
    expect(failed).toMatchObject({ error: "Unhandled", payload: { errorType, errorMessage } });
    expect(failed.log).toMatch(log);
    expect(failed.log).toContain("\there\n");
  }
});

test("code that never ends loading has ten seconds, then the time of the call", async () => {
  const { invoke } = await makeFunction("for (;;);", { Timeout: 2 });
  const failed = await invoke();
  expect(failed.payload).toMatchObject({
    errorType: "Sandbox.Timedout",
    errorMessage: expect.stringContaining("Task timed out after 2.00 seconds"),
  });
  expect(failed.log).toMatch(/^INIT_REPORT .*\tStatus: timeout$/m);
});
