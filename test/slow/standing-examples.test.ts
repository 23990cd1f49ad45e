import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { machinesOf } from "../../client/standing/machines.ts";
import { openRedis } from "../../shared/ports/redis/redis-ports.ts";
import { redisPlace } from "../../shared/ports/redis/redis-url.ts";
import { NO_AWS } from "../helpers/deployment-server.ts";
import { packed } from "../helpers/packed.ts";
import { noRedis, redisServer } from "../helpers/redis-server.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples/standing");
const noSystemd = spawnSync("systemd-analyze", ["--version"]).error && "no systemd-analyze is on PATH";
if (noSystemd) console.warn(`Skipped: ${noSystemd}`);

test.skipIf(noSystemd)("systemd has nothing to say against the unit, and finds it little exposed", () => {
  const unit = join(EXAMPLES, "manyhands-worker.service");
  const { status, stdout, stderr } = spawnSync("systemd-analyze", ["verify", unit], { encoding: "utf8" });
  expect([status, stdout, stderr]).toEqual([0, "", ""]);
  const said = execFileSync("systemd-analyze", ["security", "--offline=true", "--no-pager", unit], {
    encoding: "utf8",
  });
  const [, exposure] = /exposure level for \S+: ([\d.]+)/.exec(said) ?? [];
  expect(Number(exposure)).toBeLessThan(2);
});

/** The container file's instructions, without comments. */
const steps = readFileSync(join(EXAMPLES, "Containerfile"), "utf8")
  .split("\n")
  .filter((line) => /^[A-Z]/.test(line))
  .map((line) => /^(\w+) (.*)$/.exec(line)!.slice(1) as [string, string]);
const given = (name: string) =>
  steps.filter(([instruction]) => instruction === name).map(([, value]) => value);

test.skipIf(noRedis)(
  "the container's steps, run in an empty folder, give a worker that a SIGTERM ends",
  async () => {
    const folder = temporaryFolder();
    cpSync(packed.tarball, join(folder, basename(packed.tarball)));
    expect(given("COPY")).toEqual(["manyhands-*.tgz ./"]);
    const env = {
      ...{
        ...process.env,
        ...NO_AWS,
        PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
        XDG_DATA_HOME: folder,
      },
      ...Object.fromEntries(given("ENV").map((each) => [each.split("=")[0], folder])),
    };
    for (const step of given("RUN")) execFileSync("sh", ["-ec", step], { cwd: folder, env, stdio: "pipe" });
    const server = await redisServer();
    const hub = await openRedis(redisPlace(server.url));
    onTestFinished(() => hub.close());
    const [entry = ""] = given("ENTRYPOINT");
    const [program = "", ...args] = JSON.parse(entry) as string[];
    const worker = spawn(join(folder, program), args, {
      ...{
        cwd: folder,
        env: { ...env, MANYHANDS_REDIS: server.url },
        stdio: ["ignore", "ignore", "inherit"],
      },
    });
    onTestFinished(() => void worker.kill("SIGKILL"));
    await vi.waitUntil(async () => (await machinesOf(hub.redis)).length === 1, {
      timeout: 60_000,
      interval: 50,
    });
    worker.kill(given("STOPSIGNAL")[0] as NodeJS.Signals);
    expect(await once(worker, "exit")).toEqual([0, null]);
  },
);
