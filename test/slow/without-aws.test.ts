import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { openSqs } from "../../shared/ports/aws/sqs-hub.ts";
import { sqsPlace } from "../../shared/ports/aws/sqs-place.ts";
import { isEmpty } from "../../shared/ports/queue.ts";
import { childSlots } from "../helpers/child-slots.ts";
import { runCli, startCli } from "../helpers/cli.ts";
import { type DeploymentServerOptions, deploymentServer, NO_AWS } from "../helpers/deployment-server.ts";
import { noRedis, redisServer } from "../helpers/redis-server.ts";
import { temporaryFolder } from "../helpers/temporary.ts";
import { lacking, type Servers, startServers } from "../no-aws/servers.ts";

const PATIENCE = { timeout: 120_000, interval: 20 };
const SUM = 51214485;
let servers: Servers;
let made = 0;

/** Queues of a test's own, and the bucket that all share. */
async function site() {
  const url = `${servers.queue}/site-${++made}`;
  const place = ["--queue", url, "--store", "s3://jobs"];
  const cwd = temporaryFolder();
  const { env } = servers;
  const hub = await openSqs(sqsPlace(url), { bucket: "jobs", environment: env });
  onTestFinished(() => hub.close());
  return {
    hub,
    manyhands: async (...args: string[]) => {
      const { code, stdout, stderr } = await runCli([...args, ...place], { env, cwd });
      return { code, stderr, stdout, json: stdout.startsWith("{") ? JSON.parse(stdout) : undefined };
    },
    worker: (...args: string[]) => {
      const started = startCli(["worker", ...place, ...args], { env });
      onTestFinished(() => void started.child.kill("SIGKILL"));
      return started;
    },
    stored: (jobId: string) => chunksIn(join(servers.folder, "jobs/jobs", jobId, "array/escape_time/c")),
  };
}

function chunksIn(folder: string): number {
  try {
    const all = readdirSync(folder, { recursive: true, withFileTypes: true });
    return all.filter((entry) => entry.isFile()).length;
  } catch {
    return 0; // there is none yet
  }
}

describe.skipIf(lacking)(`without AWS${lacking ? ` (${lacking})` : ""}`, () => {
  beforeAll(async () => {
    servers = await startServers("jobs");
  });
  afterAll(() => servers?.stop());

  test("a job is submitted with no worker there; two come, one is killed, and attach brings all of it", async () => {
    const { hub, manyhands, worker, stored } = await site();
    const heavy = ["--size", "4000", "--max-iterations", "3000", "--chunk", "100x100"];
    const submitted = await manyhands("submit", "--job-id", "j1", "--chunks-per-message", "4", ...heavy);
    expect(submitted).toMatchObject({ code: 0 });
    const status = await manyhands("status", "j1", "--json");
    expect(status.json).toMatchObject({ jobId: "j1", state: "running" });
    const [killed, other] = [worker("--workers", "1", "--json"), worker("--workers", "1")];
    await killed.says(/"kind":"done"/);
    await vi.waitUntil(() => stored("j1") > 8, PATIENCE);
    const slots = childSlots(killed.child);
    expect(slots.length).toBeGreaterThan(0);
    killed.child.kill("SIGKILL");
    // What it had comes to others after half a minute, which the other commands fill.
    await otherCommands();
    const chunks = { total: 420, done: 420 };
    const attached = await manyhands("attach", "j1", "--json");
    expect(attached).toMatchObject({ code: 0, json: { state: "complete", chunks } });
    // Whoever was killed after its report and before it deleted its message leaves that to others too.
    for (const queue of [hub.chunks, hub.deadChunks, hub.deadResults])
      await vi.waitUntil(async () => isEmpty(await queue.depth()), PATIENCE);
    other.child.kill("SIGTERM");
    expect((await other.ended).code).toBe(0);
    for (const pid of slots) expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });

  /** On queues of their own: run, list, verify, delete, status. */
  async function otherCommands() {
    const { manyhands, worker } = await site();
    const { child, ended } = worker("--workers", "2");
    const { code, json } = await manyhands("run", "--job-id", "j2", "--json");
    const expected = { state: "complete", sum: SUM, reference: { matches: true } };
    expect({ code, json }).toMatchObject({ code: 0, json: expected });
    expect((await manyhands("list")).stdout).toContain("j2");
    expect(await manyhands("verify", "j2", "--engine", "redis")).toMatchObject({ code: 0 });
    expect(await manyhands("delete", "j2", "--yes")).toMatchObject({ code: 0 });
    expect((await manyhands("status", "j2", "--engine", "redis")).code).toBe(2);
    child.kill("SIGTERM");
    expect((await ended).code).toBe(0);
  }
});

/** As a store does that knows nothing of the header. */
const unconditional: NonNullable<DeploymentServerOptions["instead"]> = (service, { headers }) => {
  if (service === "s3") delete headers["if-none-match"];
  return false;
};
const UNCONDITIONAL =
  /^Expected --store to be a store that keeps the first of two .*, got s3:\/\/manyhands, which let 9 of 9/m;

test("a store whose conditional writes are none is refused by worker and submit", async () => {
  const { env } = await deploymentServer({ instead: unconditional });
  const place = ["--queue", `sqs+${env.AWS_ENDPOINT_URL}`, "--store", "s3://manyhands"];
  for (const command of ["worker", "submit"]) {
    const { code, stderr } = await runCli([command, ...place], { env });
    expect(stderr).toMatch(UNCONDITIONAL);
    expect(code).toBe(2);
  }
});

test.skipIf(noRedis)(
  `nor does a Redis take it for its jobs' objects${noRedis ? ` (${noRedis})` : ""}`,
  async () => {
    const { env } = await deploymentServer({ instead: unconditional });
    const { url } = await redisServer();
    const { code, stderr } = await runCli(["worker", "--queue", url, "--store", "s3://manyhands"], { env });
    expect(stderr).toMatch(UNCONDITIONAL);
    expect(code).toBe(2);
  },
);

test.each([
  [
    ["worker", "--queue", "sqs+http://127.0.0.1:1"],
    /^Expected --store to be a bucket, as in s3:\/\/jobs, got ""/,
  ],
  [
    ["submit", "--queue", "sqs+http://127.0.0.1:1", "--store", "s3://jobs"],
    /^Expected the queues at sqs\+http:\/\/127\.0\.0\.1:1\/manyhands to be there, got .*ECONNREFUSED/,
  ],
])("%j is refused with a sentence", async (args, sentence) => {
  const { env } = await deploymentServer();
  const { code, stderr } = await runCli(args, { env });
  expect(stderr).toMatch(sentence);
  expect(code).toBe(2);
});

test.each([
  ["worker", []],
  ["submit", []],
  ["doctor", []],
  ["submit", ["AWS_ACCESS_KEY_ID"]],
] as const)("%s without keys, but for %j, says which it wants, and what for", async (command, set) => {
  const at = ["--queue", "sqs+http://127.0.0.1:1", "--store", "s3://jobs"];
  const env = { ...NO_AWS, ...Object.fromEntries(set.map((name) => [name, "id"])) };
  const { code, stderr } = await runCli([command, ...at], { env });
  const got = set.length > 0 ? "the first alone" : "none";
  expect(stderr).toBe(
    `Expected AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to be in the environment, got ${got}. The store's keys; ElasticMQ checks none.\n`,
  );
  expect(code).toBe(2);
});
