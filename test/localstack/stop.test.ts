import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test, vi } from "vitest";
import { isRunning } from "../../client/processes.ts";
import { freePort } from "../../tools/localstack/port.ts";
import { type LocalStack, startLocalStack } from "../../tools/localstack/server.ts";
import { functionsOn } from "../helpers/lambda.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const START = join(import.meta.dirname, "../../tools/localstack/start.ts");
const PID = "exports.handler = async () => process.pid;";

/** An idle environment and one that spins, which cannot notice that LocalStack is gone; their process ids. */
async function environmentsOf(localStack: LocalStack): Promise<number[]> {
  const makeFunction = functionsOn(localStack);
  const idle = (await (await makeFunction(PID)).invoke()).payload as number;
  const spins = join(temporaryFolder(), "spins");
  const spinning = await makeFunction(
    `exports.handler = async ({ spin }) => {
       if (spin) {
         require("node:fs").writeFileSync("${spins}", "");
         for (;;);
       }
       return process.pid;
     };`,
    { Timeout: 300 },
  );
  const busy = (await spinning.invoke()).payload as number;
  spinning.invoke({ spin: true }).catch(() => {});
  await vi.waitUntil(() => existsSync(spins), { timeout: 60_000 });
  return [idle, busy];
}

const areGone = (pids: readonly number[]) => vi.waitUntil(() => !pids.some(isRunning), { timeout: 60_000 });

test("after a stop there is no process and no file left", async () => {
  const localStack = await startLocalStack();
  const pids = [localStack.pid, ...(await environmentsOf(localStack))];
  expect(pids.filter(isRunning)).toEqual(pids);
  await localStack.stop();
  await areGone(pids);
  expect(existsSync(localStack.folder)).toBe(false);
});

test("nor when LocalStack was killed, which whoever started it learns", async () => {
  const localStack = await startLocalStack();
  const pids = await environmentsOf(localStack);
  process.kill(localStack.pid, "SIGKILL");
  await expect(localStack.ended).rejects.toThrow("LocalStack ended by itself");
  await areGone(pids);
  expect(existsSync(localStack.folder)).toBe(false);
});

test.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)(
  "the command leaves nothing behind after %s",
  async (signal) => {
    const { child, output, endpoint, folder } = await startCommand();
    expect(output()).toContain(
      `export AWS_ENDPOINT_URL=${endpoint} AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test`,
    );
    const ended = new Promise((resolve) => child.once("close", (code) => resolve(code)));
    child.kill(signal);
    expect(await ended).toBe(signal === "SIGKILL" ? null : 0);
    await vi.waitUntil(() => !existsSync(folder), { timeout: 60_000 });
    await expect(fetch(endpoint)).rejects.toThrow();
  },
);

async function startCommand() {
  const port = await freePort();
  const child = spawn(process.execPath, [START, "--port", `${port}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    output += part;
  });
  await vi.waitUntil(() => output.includes("\nready"), { timeout: 240_000 });
  const folder = /its log: (.*)\/localstack\.log/.exec(output)?.[1] ?? "";
  expect(existsSync(folder)).toBe(true);
  return { child, output: () => output, endpoint: `http://127.0.0.1:${port}`, folder };
}

test("a port in use is a sentence, exit code 2", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await expect.poll(() => server.listening).toBe(true);
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const child = spawn(process.execPath, [START, "--port", `${port}`], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const code = new Promise((resolve) => child.once("close", resolve));
  expect(await text(child.stderr)).toBe(
    `Expected a free port, but ${port} is in use: choose another one with --port.\n`,
  );
  expect(await code).toBe(2);
});

test("so is a file for --api-log that cannot be written", async () => {
  const child = spawn(process.execPath, [START, "--api-log", "/nonexistent/api.log"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const code = new Promise((resolve) => child.once("close", resolve));
  expect(await text(child.stderr)).toMatch(
    /^Expected --api-log to be a file that can be written: ENOENT.*\/nonexistent\/api\.log'\.\n$/,
  );
  expect(await code).toBe(2);
});

test.each(["SIGINT", "SIGTERM"] as const)("%s while it starts ends it at once", async (signal) => {
  const folder = temporaryFolder();
  const child = spawn(process.execPath, [START, "--port", `${await freePort()}`], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const said = text(child.stdout);
  const ended = new Promise((resolve) => child.once("close", resolve));
  await vi.waitUntil(() => logOf(folder) !== undefined, { timeout: 240_000 });
  child.kill(signal);
  expect(await ended).toBe(0);
  expect(await said).toMatch(/stopping \.\.\.\n$/);
  expect(await said).not.toContain("ready");
  expect(readdirSync(folder)).toEqual([]);
});

test("a LocalStack that never answers is given up, with the end of its log, and nothing of it is left", async () => {
  const folder = temporaryFolder();
  const limit = new AbortController();
  vi.stubEnv("TMPDIR", folder);
  vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error("no answer"));
  vi.spyOn(AbortSignal, "timeout").mockReturnValueOnce(limit.signal);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });
  const refused = expect(startLocalStack()).rejects.toThrow(
    /LocalStack does not answer after 120 s:\n(.*\n)*.*LocalStack version/,
  );
  await vi.waitUntil(() => logOf(folder)?.includes("LocalStack version"), { timeout: 60_000 });
  limit.abort();
  await refused;
  expect(readdirSync(folder)).toEqual([]);
});

/** What the LocalStack whose state lies in a folder of `folder` has logged, if it has begun to. */
function logOf(folder: string): string | undefined {
  const [log] = readdirSync(folder).map((name) => join(folder, name, "localstack.log"));
  return log && existsSync(log) ? readFileSync(log, "utf8") : undefined;
}
