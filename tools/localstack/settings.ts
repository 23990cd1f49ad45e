import { join } from "node:path";
import type { Installed } from "./venv.ts";

const ROOT = join(import.meta.dirname, "../..");

/** The options of one run of LocalStack; server.ts explains each. */
export interface RunSettings {
  readonly installed: Installed;
  readonly folder: string;
  readonly address: string;
  readonly apiLog?: string;
  readonly keepAliveMs?: number;
  readonly pollers?: number;
  readonly settings?: Readonly<Record<string, string>>;
}

/** Folders that must exist before the start. */
export const FOLDERS = ["environments", "tmp"];

/**
 * The environment of LocalStack's process. From this process's own it takes only the variables by which programs are
 * found: no credentials, no proxies, no settings meant for another LocalStack.
 */
export function serverEnvironment(run: RunSettings): NodeJS.ProcessEnv {
  const { installed, folder, address, apiLog, keepAliveMs, pollers, settings } = run;
  return {
    PATH: process.env.PATH,
    LANG: "C.UTF-8",
    PYTHONPATH: installed.plugin,
    ...insideOf(folder),
    ...NOT_OUTSIDE,
    ...FASTER,
    GATEWAY_LISTEN: address,
    // LocalStack puts this into queue addresses. Its default is a public name, which clients would look up and dial.
    LOCALSTACK_HOST: address,
    SQS_ENDPOINT_STRATEGY: "path",
    SERVICES: "s3,sqs,lambda,iam,sts,cloudformation,logs,ssm,cloudwatch,ecr,events,kms,sns",
    STRICT_SERVICE_LOADING: "1",
    EAGER_SERVICE_LOADING: "0",
    GATEWAY_SERVER: "manyhands",
    LAMBDA_RUNTIME_EXECUTOR: "manyhands",
    MANYHANDS_NODE: join(ROOT, "node_modules", ".bin", "node"),
    MANYHANDS_RUNTIME: join(import.meta.dirname, "runtime.js"),
    // The packages of kernels in Python are there, where a deployment's zip has them for another machine.
    MANYHANDS_FUNCTIONS_PYTHON: activePython() ?? installed.python,
    MANYHANDS_PYTHON_RUNTIME: join(import.meta.dirname, "runtime.py"),
    MANYHANDS_ENVIRONMENTS: join(folder, "environments"),
    MANYHANDS_API_LOG: apiLog,
    MANYHANDS_POLLERS: pollers?.toString(),
    LAMBDA_KEEPALIVE_MS: keepAliveMs?.toString(),
    ...settings,
  };
}

/** That of the active virtual environment. */
function activePython({ VIRTUAL_ENV }: NodeJS.ProcessEnv = process.env): string | undefined {
  return VIRTUAL_ENV ? join(VIRTUAL_ENV, "bin/python") : undefined;
}

/**
 * All paths that LocalStack writes to. The cache is new for each start too: plux's would not notice a changed plug-in.
 */
function insideOf(folder: string): NodeJS.ProcessEnv {
  return {
    HOME: folder,
    TMPDIR: join(folder, "tmp"),
    XDG_CACHE_HOME: join(folder, "cache"),
    FILESYSTEM_ROOT: join(folder, "state"),
  };
}

/** LocalStack sends nothing home and fetches nothing; plugin/manyhands_localstack/loopback_only.py enforces it. */
const NOT_OUTSIDE = { DISABLE_EVENTS: "1", SKIP_SSL_CERT_DOWNLOAD: "1", DNS_ADDRESS: "0" };

/** Defaults: a second between polls, ten for an empty queue, and a minute before an asynchronous call is repeated. */
const FASTER = {
  LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC: "0.1",
  LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_EMPTY_POLL_SEC: "1",
  LAMBDA_RETRY_BASE_DELAY: "1",
};
