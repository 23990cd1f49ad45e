import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { ProgramError, UsageError } from "./command.ts";
import { FOLDERS, serverEnvironment } from "./settings.ts";
import { install } from "./venv.ts";

const HOST = "127.0.0.1";
const REGION = "us-east-1";
const ASK_AGAIN_MS = 100;
const ANSWER_LIMIT_MS = 10_000;

export interface LocalStackOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** A line for each request, see plugin/manyhands_localstack/api_log.py. Default: none. */
  readonly apiLog?: string;
  /** How long an idle environment stays. Default: LocalStack's ten minutes. */
  readonly keepAliveMs?: number;
  /** Threads for each event source mapping, at most. Default: twice the number of cores. */
  readonly pollers?: number;
  /** Further settings of LocalStack itself; they win. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Gets a line about what takes long. */
  readonly tell?: (line: string) => void;
  /** Breaks the installation off; once LocalStack has been started, `stop` is for that. */
  readonly signal?: AbortSignal;
}

export interface LocalStack {
  readonly endpoint: string;
  /** What a client needs in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of LocalStack's own process. */
  readonly pid: number;
  /** Its state, gone when it stops; localstack.log is in there. */
  readonly folder: string;
  /** Settles when it has ended, by `stop` or by itself. */
  readonly ended: Promise<void>;
  /** Nothing of it is left then: no process, no environment, no file. */
  stop(): Promise<void>;
}

/**
 * LocalStack as a process of this machine, on the loopback address only, with a state of its own that begins empty.
 * Installs it on first use. It stops when this process ends, however. Throws UsageError where there is no suitable
 * Python or the port is in use, ProgramError with the end of its log where it does not start.
 */
export async function startLocalStack(options: LocalStackOptions = {}): Promise<LocalStack> {
  const port = await freePort(options.port ?? 0);
  const installed = await install(options);
  const folder = mkdtempSync(join(tmpdir(), "manyhands-localstack-"));
  for (const name of FOLDERS) mkdirSync(join(folder, name));
  const supervisor = spawn(installed.python, ["-m", "manyhands_localstack.supervisor", folder], {
    env: serverEnvironment({ ...options, installed, folder, address: `${HOST}:${port}` }),
    stdio: ["pipe", "pipe", "pipe"],
    detached: true, // Ctrl-C in a terminal is for the command, which then stops LocalStack
  });
  const ended = end(supervisor);
  ended.catch(() => {}); // whoever waits for it hears of it
  const endpoint = `http://${HOST}:${port}`;
  const pid = await Promise.race([firstLine(supervisor), ended.then(() => 0)]);
  await untilReady(endpoint, ended);
  return {
    endpoint,
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    },
    pid,
    folder,
    ended,
    async stop() {
      supervisor.stdin?.end();
      await ended;
    },
  };
}

/** Resolves when it ended because it was asked to, rejects with the end of its log otherwise. */
function end(supervisor: ChildProcess): Promise<void> {
  let log = "";
  supervisor.stderr?.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  return new Promise((resolve, reject) => {
    supervisor.once("error", reject);
    supervisor.once("close", (code, signal) => {
      if (code === 0) resolve();
      else reject(new ProgramError(`LocalStack ended by itself (${signal ?? code}):\n${log}`));
    });
  });
}

async function firstLine(supervisor: ChildProcess): Promise<number> {
  const [line] = await once(createInterface({ input: supervisor.stdout! }), "line");
  return Number(line);
}

/** Rejects where LocalStack ends before it answers. */
async function untilReady(endpoint: string, ended: Promise<void>): Promise<void> {
  let over = false;
  const early = ended.finally(() => {
    over = true;
  });
  const asking = (async () => {
    while (!over && !(await answers(endpoint))) await pause(ASK_AGAIN_MS);
  })();
  await Promise.race([asking, early]);
}

/** Whether a LocalStack is there. */
export async function answers(endpoint: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
    return (await fetch(`${endpoint}/_localstack/health`, { signal })).ok;
  } catch {
    return false;
  }
}

/** The port itself where it is free, a free one for 0. */
async function freePort(port: number): Promise<number> {
  const server = createServer();
  server.listen(port, HOST);
  try {
    await once(server, "listening");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    const problem = code === "EACCES" ? "may not be used by you" : "is in use";
    throw new UsageError(`Expected a free port, but ${port} ${problem}: choose another one with --port.`);
  }
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : port;
}
