import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { isRunning } from "../../client/processes.ts";
import { machinesOf } from "../../client/standing/machines.ts";
import { openRedis } from "../../shared/ports/redis/redis-ports.ts";
import { redisPlace } from "../../shared/ports/redis/redis-url.ts";
import { MAIN, startCli } from "../helpers/cli.ts";
import { NO_AWS } from "../helpers/deployment-server.ts";
import { noRedis, redisServer } from "../helpers/redis-server.ts";
import { noSshd, sshServer } from "../helpers/ssh-server.ts";

const PATIENCE = { timeout: 60_000, interval: 50 };
const SHORT_SILENCE = join(import.meta.dirname, "../fixtures/short-silence.ts");
/** One machine under two names. */
const HOSTS = ["127.0.0.1", "localhost"];

/** A Redis with a password, and the command that starts workers over ssh for it. */
async function overSsh() {
  const [server, ssh] = await Promise.all([redisServer(["--requirepass", "secret"]), sshServer()]);
  const hub = await openRedis(redisPlace(server.url, "secret"));
  onTestFinished(() => hub.close());
  const start = (hosts: readonly string[], ...args: string[]) => {
    const options = ssh.options.flatMap((option) => ["--ssh-option", option]);
    const program = [process.execPath, "--import", SHORT_SILENCE, MAIN].join(" ");
    const command = ["--command", `env XDG_DATA_HOME=/dev/null ${program}`];
    const all = [
      "worker",
      "--queue",
      server.url,
      "--on",
      hosts.join(),
      "--workers",
      "1",
      ...options,
      ...command,
    ];
    const started = startCli([...all, ...args], { env: { ...NO_AWS, REDIS_PASSWORD: "secret" } });
    onTestFinished(() => void started.child.kill("SIGKILL"));
    return started;
  };
  const there = async (count: number) => {
    await vi.waitUntil(async () => (await machinesOf(hub.redis)).length === count, PATIENCE);
    return machinesOf(hub.redis);
  };
  return { ssh, start, there };
}

const ended = (pids: readonly number[]) => vi.waitUntil(() => !pids.some(isRunning), PATIENCE);

describe.skipIf(noRedis ?? noSshd)("workers over ssh", () => {
  test("each host works until Ctrl-C, which lets it finish; its lines have its name in front, and the password is in no list of processes", async () => {
    const { start, there } = await overSsh();
    const { child, ended: end } = start(HOSTS);
    const machines = await there(2);
    const { readFileSync } = await import("node:fs");
    for (const { pid } of machines) {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      expect(line).toContain("--tied");
      expect(line).not.toMatch(/secret|redis:/);
    }
    child.kill("SIGINT");
    const { code, stderr } = await end;
    for (const host of HOSTS) {
      expect(stderr).toMatch(new RegExp(`^${host}: .*: 1 worker for redis://127`, "m"));
      expect(stderr).toMatch(new RegExp(`^${host}: Drained: 0 messages done`, "m"));
    }
    expect(code).toBe(0);
    await ended(machines.map(({ pid }) => pid));
  });

  test("where the command is killed nothing stays behind", async () => {
    const { start, there } = await overSsh();
    const { child, ended: end } = start(HOSTS, "--json");
    const machines = await there(2);
    child.kill("SIGKILL");
    await end;
    await ended(machines.map(({ pid }) => pid));
    expect(await there(0)).toEqual([]);
  });

  test("where a connection ends that host's worker ends, the command says so, and the others go on", async () => {
    const { start, there } = await overSsh();
    const { child, ended: end } = start(HOSTS);
    const [first] = await there(2);
    const { execFileSync } = await import("node:child_process");
    const clients = execFileSync("ps", ["-o", "pid=,args=", "--ppid", `${child.pid}`], { encoding: "utf8" });
    const [, client] = /^ *(\d+) ssh .*localhost/m.exec(clients) ?? [];
    process.kill(Number(client), "SIGKILL");
    const [left] = await there(1);
    child.kill("SIGTERM");
    const { code, stderr } = await end;
    expect(stderr).toMatch(/^localhost: The connection ended: no worker is left there\.$/m);
    expect(stderr).toMatch(/^127\.0\.0\.1: Drained/m);
    expect(code).toBe(1);
    await ended([first!.pid, left!.pid]);
  });

  test("where the command says nothing any more over a connection that stands, its worker ends", async () => {
    const { start, there } = await overSsh();
    const { child } = start(["127.0.0.1"]);
    const [machine] = await there(1);
    child.kill("SIGSTOP");
    await ended([machine!.pid]);
    expect(await there(0)).toEqual([]);
    expect(isRunning(child.pid!)).toBe(true);
  });

  test("a host that refuses is told of in its own words", async () => {
    const { start } = await overSsh();
    const { code, stderr } = await start(["127.0.0.1"], "--ssh-option", "PubkeyAuthentication=no").ended;
    expect(stderr).toMatch(/^127\.0\.0\.1: .*Permission denied/m);
    expect(code).toBe(1);
  });
});

test.each([
  [
    ["--on", "-oProxyCommand=touch"],
    /^Expected --on to be machines as ssh names them, with commas between, got "-oProxyCommand=touch"/,
  ],
  [["--on", "a", "--name", "b"], /^Expected --name to be without --on/],
])("%j is refused with a sentence", async (args, sentence) => {
  const { code, stderr } = await startCli(["worker", "--queue", "redis://hub", ...args], { env: NO_AWS })
    .ended;
  expect(stderr).toMatch(sentence);
  expect(code).toBe(2);
});
