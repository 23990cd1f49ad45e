import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ProgramError } from "./command.ts";
import { freePort, HOST } from "./port.ts";
import { untilReady } from "./ready.ts";
import { FOLDERS, serverEnvironment } from "./settings.ts";
import { install } from "./venv.ts";

const REGION = "us-east-1";
const READY_LIMIT_MS = 120_000;
const TAIL_LINES = 20;

export interface LocalStackOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** A line for each request, see plugin/manyhands_localstack/api_log.py. Default: none. */
  readonly apiLog?: string;
  /** An idle environment stays for this long. Default: LocalStack's ten minutes. */
  readonly keepAliveMs?: number;
  /** Threads for each event source mapping, at most. Default: twice the number of cores. */
  readonly pollers?: number;
  /** Further settings of LocalStack itself; they override the others. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Receives a line about each long step. */
  readonly tell?: (line: string) => void;
  /** Cancels the start and removes everything it made. After the start, use `stop`. */
  readonly signal?: AbortSignal;
}

export interface LocalStack {
  readonly endpoint: string;
  /** The variables that a client needs. */
  readonly environment: Readonly<Record<string, string>>;
  /** LocalStack's own process id. */
  readonly pid: number;
  /** LocalStack's state, with localstack.log; removed when it stops. */
  readonly folder: string;
  /** Settles when LocalStack has ended, by `stop` or by itself. */
  readonly ended: Promise<void>;
  /** Stops LocalStack and all that belongs to it: processes, environments, files. */
  stop(): Promise<void>;
}

/**
 * Starts LocalStack as a process of this machine, on the loopback address only, with a new, empty state. Installs it on
 * first use. It stops with this process, however that ends. Throws UsageError if there is no suitable Python or the
 * port is in use, ProgramError with the end of its log if it does not start within two minutes.
 */
export async function startLocalStack(options: LocalStackOptions = {}): Promise<LocalStack> {
  const port = await freePort(options.port);
  const installed = await install(options);
  options.signal?.throwIfAborted();
  const folder = mkdtempSync(join(tmpdir(), "manyhands-localstack-"));
  for (const name of FOLDERS) mkdirSync(join(folder, name));
  const supervisor = spawn(installed.python, ["-m", "manyhands_localstack.supervisor", folder], {
    env: serverEnvironment({ ...options, installed, folder, address: `${HOST}:${port}` }),
    stdio: ["pipe", "pipe", "pipe"],
    detached: true, // Ctrl-C in a terminal reaches this command only, which then stops LocalStack
  });
  const ended = end(supervisor);
  ended.catch(() => {}); // a caller that awaits `ended` still gets the error
  const endpoint = `http://${HOST}:${port}`;
  async function stop() {
    supervisor.stdin.end();
    await ended;
  }
  let pid: number;
  try {
    pid = await untilStarted(supervisor, endpoint, ended, folder, options.signal);
  } catch (error) {
    await stop().catch(() => {}); // if LocalStack ended by itself, that error is thrown already
    throw error;
  }
  const environment = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION, // boto3 and awscli 1 read this variable only
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  };
  return { endpoint, environment, pid, folder, ended, stop };
}

/** LocalStack's process id, once it answers. Rejects if it ends first, if it takes too long, and with `signal`. */
async function untilStarted(
  supervisor: ChildProcess,
  endpoint: string,
  ended: Promise<void>,
  folder: string,
  signal?: AbortSignal,
): Promise<number> {
  const limit = AbortSignal.timeout(READY_LIMIT_MS);
  const over = new AbortController();
  const any = AbortSignal.any([limit, over.signal, ...(signal ? [signal] : [])]);
  try {
    const pid = await Promise.race([firstLine(supervisor, any), ended.then(() => 0)]);
    await Promise.race([untilReady(endpoint, any), ended]);
    return pid;
  } catch (error) {
    signal?.throwIfAborted();
    if (!limit.aborted) throw error;
    const log = tail(join(folder, "localstack.log"));
    throw new ProgramError(`LocalStack does not answer after ${READY_LIMIT_MS / 1000} s:\n${log}`);
  } finally {
    over.abort(); // else it would go on polling a LocalStack that has ended
  }
}

/** Resolves if LocalStack was asked to end; rejects with the end of its log otherwise. */
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

async function firstLine(supervisor: ChildProcess, signal: AbortSignal): Promise<number> {
  const [line] = await once(createInterface({ input: supervisor.stdout! }), "line", { signal });
  return Number(line);
}

function tail(file: string): string {
  return existsSync(file)
    ? readFileSync(file, "utf8").trimEnd().split("\n").slice(-TAIL_LINES).join("\n")
    : "";
}
