/** Servers that speak SQS and S3 and are not ours: ElasticMQ from Maven Central, versitygw by the Go module proxy. */
import {
  type ChildProcess,
  type ExecFileSyncOptions,
  execFileSync,
  spawn,
  spawnSync,
} from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../tools/localstack/port.ts";
import { NO_AWS } from "../helpers/deployment-server.ts";

const VERSITYGW = "v1.8.0";
/** Found again by the next run: the Java archives weigh 37 MB, and Go builds for a minute. */
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "manyhands-tests");
const JARS = join(CACHE, "elasticmq-1.6.14");
const GATEWAY = join(CACHE, `versitygw-${VERSITYGW}`);
const COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies";

const isThere = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;

/** Why the servers cannot be started here, or undefined. */
export const lacking: string | undefined = (
  [
    ["java", "-version"],
    ["mvn", "-version"],
    ["go", "version"],
  ] as const
)
  .filter(([program, ask]) => !isThere(program, ask))
  .map(([program]) => `no ${program} here`)[0];

export interface Servers {
  /** As `--queue` takes it. */
  readonly queue: string;
  /** Leads commands to both, and hides the settings of the user who runs the tests. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the buckets are folders, and their objects files. */
  readonly folder: string;
  readonly elasticMq: ChildProcess;
  stop(): Promise<void>;
}

const KEYS = { AWS_ACCESS_KEY_ID: "manyhands", AWS_SECRET_ACCESS_KEY: "manyhands-secret" };

/** Starts both on ports of their own, with these empty buckets. Installs them first where they are not there yet. */
export async function startServers(...buckets: readonly string[]): Promise<Servers> {
  install();
  const folder = mkdtempSync(join(tmpdir(), "manyhands-no-aws-"));
  for (const bucket of buckets) mkdirSync(join(folder, bucket));
  const [queue, store] = await Promise.all([startElasticMq(), startGateway(folder)]);
  return {
    queue: `sqs+http://127.0.0.1:${queue.port}`,
    env: { ...NO_AWS, ...KEYS, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${store.port}` },
    folder,
    elasticMq: queue.child,
    async stop() {
      await Promise.all([queue.child, store.child].map(end));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function install(): void {
  const options: ExecFileSyncOptions = { stdio: ["ignore", "ignore", "inherit"] };
  whole(JARS, (folder) => {
    const pom = join(import.meta.dirname, "pom.xml");
    const into = ["-DincludeScope=runtime", `-DoutputDirectory=${folder}`];
    execFileSync("mvn", ["-q", "-B", "-f", pom, COPY, ...into], options);
  });
  whole(GATEWAY, (folder) => {
    const module = `github.com/versity/versitygw/cmd/versitygw@${VERSITYGW}`;
    const env = { ...process.env, GOBIN: folder };
    execFileSync("go", ["install", "-ldflags=-s -w", module], { ...options, env });
  });
}

/** An installation that is broken off leaves nothing that the next run would take for whole. */
function whole(folder: string, make: (folder: string) => void): void {
  if (existsSync(folder)) return;
  mkdirSync(CACHE, { recursive: true });
  const unfinished = mkdtempSync(`${folder}-`);
  try {
    make(unfinished);
    if (!existsSync(folder)) renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function startElasticMq() {
  const settings = [
    "-Drest-sqs.bind-hostname=127.0.0.1",
    "-Drest-sqs.bind-port=0",
    "-Drest-stats.enabled=false",
  ];
  const machine = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"];
  const args = [...machine, ...settings, "-cp", join(JARS, "*"), "org.elasticmq.server.Main"];
  const child = spawn("java", args, { stdio: ["ignore", "pipe", "ignore"] });
  for await (const line of createInterface(child.stdout)) {
    const [, port] = /Started SQS rest server, bind address 127\.0\.0\.1:(\d+)/.exec(line) ?? [];
    if (port === undefined) continue;
    child.stdout.resume(); // what it says later is read, and goes nowhere
    return { child, port: Number(port) };
  }
  throw new Error("Expected ElasticMQ to start, it ended.");
}

/** It does not tell which port it got, so it is given one that was free. */
async function startGateway(folder: string) {
  const port = await freePort();
  const env = {
    ...process.env,
    ROOT_ACCESS_KEY: KEYS.AWS_ACCESS_KEY_ID,
    ROOT_SECRET_KEY: KEYS.AWS_SECRET_ACCESS_KEY,
  };
  const args = ["--quiet", "--keep-alive", "--port", `127.0.0.1:${port}`, "posix", folder];
  const child = spawn(join(GATEWAY, "versitygw"), args, { env, stdio: "ignore" });
  while (child.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    if (answer) return { child, port };
    await sleep(20);
  }
  throw new Error(`Expected versitygw to start, it ended with ${child.exitCode}.`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}
