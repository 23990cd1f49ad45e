import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { isRunning } from "../../client/processes.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const LOCALSTACK = join(import.meta.dirname, "../../tools/localstack");
const NO_STACK =
  "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>none</Message></Error></ErrorResponse>";

const XML = { "content-type": "text/xml" };
const IDENTITY =
  "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>000000000000</Account><Arn>arn:aws:iam::000000000000:root</Arn><UserId>root</UserId></GetCallerIdentityResult></GetCallerIdentityResponse>";

/** Stands in for LocalStack: it is there, knows the keys, has no stack, and then keeps the CDK command line waiting. */
async function serverThatKeepsWaiting() {
  const waiting: ServerResponse[] = [];
  let asked = 0;
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      if (request.url === "/_localstack/health") response.end("{}");
      else if (body.includes("Action=GetCallerIdentity")) response.writeHead(200, XML).end(IDENTITY);
      else if (/Action=DescribeStacks&.*StackName=CDKToolkit/.test(body) && asked++ === 0)
        response.writeHead(400, XML).end(NO_STACK);
      else waiting.push(response);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, waiting };
}

function run(command: string, endpoint: string, ...args: readonly string[]) {
  const folder = temporaryFolder();
  const child = spawn(process.execPath, [join(LOCALSTACK, `${command}.ts`), ...args], {
    // The CDK keeps in HOME whose keys it has asked for: on a new machine it asks.
    env: { ...process.env, AWS_ENDPOINT_URL: endpoint, TMPDIR: folder, HOME: folder },
    stdio: "ignore",
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, folder, ended: once(child, "close") };
}

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)(
  "a deployment leaves neither a process nor a file after %s, exit code %i",
  async (signal, code) => {
    const { endpoint, waiting } = await serverThatKeepsWaiting();
    const { child, folder, ended } = run("deploy", endpoint);
    await vi.waitUntil(() => waiting.length > 0, { timeout: 100_000 });
    child.kill(signal);
    expect(await ended).toEqual([code, null]);
    await vi.waitUntil(() => waiting.every((response) => response.closed), { timeout: 60_000 });
    expect(readdirSync(folder).filter((name) => name.startsWith("manyhands-"))).toEqual([]);
  },
  200_000,
);

test("the app that the CDK command line runs ends too", async () => {
  const { endpoint } = await serverThatKeepsWaiting();
  const started = join(temporaryFolder(), "pid");
  const app = `echo $$ > ${started}; sleep 1000; true`;
  const { child, ended } = run("destroy", endpoint, "--app", app, "--output", temporaryFolder());
  await vi.waitUntil(() => existsSync(started) && readFileSync(started, "utf8").endsWith("\n"), {
    timeout: 100_000,
  });
  child.kill("SIGTERM");
  expect(await ended).toEqual([143, null]);
  const pid = Number(readFileSync(started, "utf8"));
  await vi.waitUntil(() => !isRunning(pid), { timeout: 60_000 });
}, 200_000);
