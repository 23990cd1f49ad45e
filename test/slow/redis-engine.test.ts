import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { attach, open, run, submit } from "../../api/index.ts";
import { openRedis } from "../../shared/ports/redis/redis-ports.ts";
import { redisPlace } from "../../shared/ports/redis/redis-url.ts";
import { runCli } from "../helpers/cli.ts";
import { NO_AWS } from "../helpers/deployment-server.ts";
import { folderWith, pointFile } from "../helpers/kernel-file.ts";
import { noRedis, redisServer } from "../helpers/redis-server.ts";
import { redisSite } from "../helpers/redis-site.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const PATIENCE = { timeout: 60_000, interval: 50 };
const SUM = 51_214_485;
/** A hundred chunks of a tenth of a second or more, each in a message of its own. */
const LONG = [
  ...["double-pendulum", "--points", "100x100", "--chunk", "10x10", "--duration", "400"],
  ...["--chunks-per-message", "1", "--no-plots"],
];
const SMALL = { size: 100, chunk: [10, 10], plots: false } as const;

function arrayFiles(folder: string): Record<string, Buffer> {
  const array = join(folder, "array");
  const files = readdirSync(array, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(paths.sort().map((path) => [path.slice(array.length), readFileSync(path)]));
}

describe.skipIf(noRedis)("engine redis", () => {
  test("the tutorial's job has its sum, and its folder has the files and the array of engine local", async () => {
    const { server, machine } = await redisSite();
    await machine();
    const npy = { npy: true, out: join(temporaryFolder(), "out") };
    const there = await run("mandelbrot", {}, { redis: server.url, jobId: "same", ...npy });
    expect(there).toMatchObject({
      engine: "redis",
      fetched: "all",
      summary: { state: "complete", sum: SUM },
    });
    const here = await run(
      "mandelbrot",
      {},
      { jobId: "same", npy: true, out: join(temporaryFolder(), "out") },
    );
    expect(arrayFiles(there.folder)).toEqual(arrayFiles(here.folder));
    // Logs and peaks of memory are those of processes on this machine.
    const names = (folder: string) =>
      readdirSync(folder)
        .filter((name) => name !== "logs" && name !== "memory.json")
        .sort();
    expect(names(there.folder)).toEqual(names(here.folder));
    const npyOf = ({ folder }: { folder: string }) => readFileSync(join(folder, "result.npy"));
    expect(npyOf(there)).toEqual(npyOf(here));
    const { cost: _, ...inSummary } = here.summary;
    expect(Object.keys(there.summary).sort()).toEqual(Object.keys(inSummary).sort());
  });

  test("a job that was submitted with nobody there says so, and is done by workers that come later", async () => {
    const { server, machine, ask } = await redisSite();
    const out = temporaryFolder();
    const said: string[] = [];
    const { jobId } = await submit(
      "mandelbrot",
      {},
      { ...SMALL, redis: server.url, jobId: "later", onWarning: (sentence) => said.push(sentence) },
    );
    expect(said).toEqual([
      expect.stringMatching(/^No machine says that it works for \S+: `manyhands worker --queue /),
    ]);
    await vi.waitUntil(
      async () => (await ask("status", "later")).stdout.includes("nobody is working"),
      PATIENCE,
    );
    const listed = await runCli(["list"], { cwd: out, env: { ...NO_AWS, MANYHANDS_REDIS: server.url } });
    expect(listed.stdout).toMatch(/^later +running, nobody is working on this yet/m);
    expect(listed).toMatchObject({ code: 0, stderr: "" });
    const status = await ask("status", "later");
    expect(status.stdout).toMatch(/^later: running, nobody is working on this yet\n/);
    expect(status.stdout).toContain(
      `workers that come will find its messages; \`manyhands attach later --redis ${server.url}\` waits for them`,
    );
    const attached = attach(jobId, { redis: server.url, out: join(out, "j") });
    const seen: boolean[] = [];
    for await (const { isUnattended } of attached) {
      seen.push(isUnattended);
      if (isUnattended && seen.filter(Boolean).length === 1) await machine();
    }
    expect(seen).toContain(true);
    expect((await attached).summary).toMatchObject({ state: "complete", sum: 509_274, chunks: { done: 25 } });
  });

  test("of two clients' jobs one is cancelled and the other is not; the cancelled one goes on where it stopped", async () => {
    const { ask, start, machine, server } = await redisSite();
    const end = await machine();
    const [first, second] = [
      start("run", "--job-id", "a", ...LONG),
      start("run", "--job-id", "b", "--size", "300"),
    ];
    await vi.waitUntil(async () => /\n +chunks +[1-9]/.test((await ask("status", "a")).stdout), PATIENCE);
    const cancelled = await ask("cancel", "a");
    expect(cancelled.stdout).toMatch(
      new RegExp(
        `^Cancelled: \\d+ of 100 chunks are stored\\. This goes on with the others:\\n {2}manyhands resume a --engine redis --redis ${server.url}\\n$`,
      ),
    );
    expect((await second.ended).code).toBe(0);
    const { code, stdout, stderr } = await first.ended;
    expect(stdout).toMatch(/on engine redis: .*cancelled/);
    expect(stderr).toContain(`manyhands resume a --engine redis --redis ${server.url}`);
    expect(code).toBe(3);
    const resumed = await ask("resume", "a", "--engine", "redis", "--json");
    expect(JSON.parse(resumed.stdout)).toMatchObject({ state: "complete", chunks: { done: 100 } });
    expect(resumed.code).toBe(0);
    const listed = JSON.parse((await ask("list", "--json")).stdout) as { readonly jobId: string }[];
    // Which of the two was submitted first is left open.
    expect(listed.sort((one, other) => (one.jobId < other.jobId ? -1 : 1))).toMatchObject([
      { jobId: "a", state: "complete", redis: server.url },
      { jobId: "b", state: "complete", redis: server.url },
    ]);
    await end();
    expect(await ask("verify", "a", "--chunks", "3")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("equal"),
    });
  });

  test("Ctrl-C leaves the job to its workers, and the commands that it says pick it up", async () => {
    const { ask, start, machine, cwd, server } = await redisSite();
    const { child, ended, says } = start("run", "--job-id", "left", "--size", "100", "--chunk", "10x10");
    await says(/No machine says/);
    expect((await ask("status", "left")).stdout).toMatch(/^left: running/);
    child.kill("SIGINT");
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    const [attach = ""] = /manyhands attach .*/.exec(stderr) ?? [];
    expect(attach).toBe(`manyhands attach left --redis ${server.url}`);
    expect(stderr).toContain(`Detached: job left goes on in ${server.url}. This picks it up again:`);
    await machine();
    expect((await ask("attach", "left")).code).toBe(0);
    expect(arrayFiles(join(cwd, "results/left"))).toHaveProperty(["/escape_time/c/0/0"]);
    expect((await ask("fetch", "left", "--out", "fetched")).code).toBe(0);
    expect((await ask("fetch", "left", "--out", "bare", "--no-report")).code).toBe(0);
    const reports = ["results/left", "fetched", "bare"].map((folder) => join(cwd, folder, "report.html"));
    expect(reports.map((path) => existsSync(path))).toEqual([true, true, false]);
  });

  test("a kernel's file goes by its hash to machines that take it, and others' refusal is a sentence before anything is stored", async () => {
    const { server, machine, keysWith } = await redisSite();
    const folder = folderWith({ "mine.ts": pointFile("return 2 * x;") });
    const options = { redis: server.url, points: [8], chunk: [4] };
    const compute = (jobId: string) =>
      run(join(folder, "mine.ts"), {}, { ...options, jobId, out: join(temporaryFolder(), jobId) });
    const end = await machine("wasm");
    await expect(compute("refused")).rejects.toThrow(
      /^Expected kernel mine to be WebAssembly, to be uploaded, got JavaScript\. The machines that are there take no such kernel/,
    );
    expect(await keysWith("refused")).toEqual([]);
    await end();
    await machine("all");
    const { array } = await compute("taken");
    expect([...(await array.toTypedArray())]).toEqual(Array.from({ length: 8 }, (_, k) => (2 * k) / 8));
    const opened = await open("taken", { redis: server.url });
    expect(await opened.verify({ chunks: "all" })).toMatchObject({ isEqual: true });
  });

  test("chunks that fail are holes with a reason, and the rest is there", async () => {
    const { server, machine } = await redisSite();
    await machine();
    const folder = folderWith({
      "mine.ts": pointFile('if (x > 0.4 && x < 0.6) throw new RangeError("too near"); return x;'),
    });
    const { summary, array } = await run(
      join(folder, "mine.ts"),
      {},
      {
        ...{
          redis: server.url,
          points: [8],
          chunk: [2],
          jobId: "holes",
          out: join(temporaryFolder(), "out"),
        },
      },
    );
    expect(summary).toMatchObject({ state: "incomplete", chunks: { done: 3, failed: 1 } });
    expect(summary.failures).toMatchObject([{ chunk: 2, error: expect.stringContaining("too near") }]);
    expect(await array.missing()).toEqual([2]);
  });

  test("a Redis that is killed and comes back while a job runs loses nothing of it", async () => {
    const { server, machine, start, ask } = await redisSite();
    await machine();
    const { ended } = start("run", "--job-id", "j", "--json", ...LONG);
    await vi.waitUntil(async () => /\n +chunks +[1-9]/.test((await ask("status", "j")).stdout), PATIENCE);
    await server.kill();
    await server.start();
    const { code, stdout } = await ended;
    expect(JSON.parse(stdout)).toMatchObject({ state: "complete", chunks: { done: 100, failed: 0 } });
    expect(code).toBe(0);
  }, 120_000);

  test("delete leaves nothing of a job; what runs it does not delete", async () => {
    const { ask, machine, keysWith, server } = await redisSite();
    await ask("submit", "--job-id", "gone", "--size", "100");
    const refused = await ask("delete", "gone", "--yes");
    expect(refused.stderr).toMatch(/^Expected job to be one that ended, got "gone", which is running\./);
    expect(refused.code).toBe(2);
    await machine();
    expect((await ask("attach", "gone")).code).toBe(0);
    expect(await keysWith("gone")).not.toEqual([]);
    const { stdout, code } = await ask("delete", "gone", "--yes");
    expect(stdout).toMatch(new RegExp(`^Deleted \\d+ objects of job gone in ${server.url}\\n$`));
    expect(code).toBe(0);
    expect(await keysWith("gone")).toEqual([]);
    expect((await ask("status", "gone", "--engine", "redis")).stderr).toMatch(
      /^Expected job to be one of redis:/,
    );
  });

  test("a password is in nothing that is stored or said", async () => {
    const site = await redisSite(["--requirepass", "hush"]);
    const url = site.server.url.replace("//", "//:hush@");
    const env = { ...process.env, MANYHANDS_REDIS: url };
    const submitted = await submit("mandelbrot", {}, { ...SMALL, redis: url, jobId: "secret" });
    const opened = await open("secret", { redis: url });
    expect(await opened.status()).toMatchObject({ state: "running" });
    await submitted.cancel();
    const said = await Promise.all(
      [
        ["status", "secret", "--engine", "redis"],
        ["list", "--engine", "redis", "--json"],
        ["fetch", "secret", "--out", temporaryFolder()],
        ["status", "other", "--redis", url],
      ].map((args) => runCli(args, { env, cwd: site.cwd })),
    );
    for (const { stdout, stderr } of said) expect(stdout + stderr).not.toContain("hush");
    expect(said.map(({ code }) => code)).toEqual([0, 0, 3, 2]);
    const hub = await openRedis(redisPlace(url));
    for await (const key of hub.store.list(""))
      expect(Buffer.from((await hub.store.get(key)) ?? []).toString()).not.toContain("hush");
    await hub.close();
  });

  test.each([
    [["run", "--redis", "http://hub"], /^Expected --redis to be a URL such as redis:\/\/host/],
    [["run", "--engine", "redis", "--redis", ""], /^Expected --redis to be /],
    [
      ["attach", "j", "--redis", "redis://127.0.0.1:1"],
      /^Expected Redis at redis:\/\/127\.0\.0\.1:1 to be there, got /,
    ],
    [
      ["run", "--engine", "local", "--redis", "redis://h"],
      /^Expected --redis to be left out on engine local, got one/,
    ],
    [
      ["run", "--redis", "redis://h", "--stack", "S"],
      /^Expected --stack to be left out on engine redis, got one/,
    ],
    [["run", "--redis", "redis://h", "--max-usd", "1"], /^Expected --max-usd to be left out on engine redis/],
    [["run", "--redis", "redis://h", "--workers", "2"], /^Expected --workers to be left out on engine redis/],
    [["run", "--redis", "redis://h", "--ramp", "burst"], /^Expected --ramp to be left out on engine redis/],
    [["run", "--redis", "redis://h", "--dry-run"], /^Expected --dry-run to be left out on engine redis/],
  ])("%j is refused with a sentence, and nothing is begun", async (args, sentence) => {
    const cwd = temporaryFolder();
    const { code, stderr, stdout } = await runCli(args, { cwd, env: { MANYHANDS_REDIS: "" } });
    expect(stderr).toMatch(sentence);
    expect({ code, stdout, files: readdirSync(cwd) }).toEqual({ code: 2, stdout: "", files: [] });
  });

  test("where no Redis is named a run brings one, and workers, for itself alone", async () => {
    const cwd = temporaryFolder();
    const asCommand = { cwd, env: { MANYHANDS_REDIS: "", REDIS_PASSWORD: "" } };
    const unset = await runCli(["status", "j", "--engine", "redis"], asCommand);
    expect(unset.stderr).toMatch(/^Expected --redis to be the URL of a Redis, .*, got nothing\./);
    const { stdout, stderr, code } = await runCli(["run", "--engine", "redis", "--json"], asCommand);
    expect(JSON.parse(stdout)).toMatchObject({ state: "complete", sum: SUM, fetched: "all" });
    expect(stdout).not.toContain("redis://");
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  });

  test("a wrong password is refused with a sentence", async () => {
    const { url } = await redisServer(["--requirepass", "hush"]);
    const attempt = run(
      "mandelbrot",
      {},
      { ...SMALL, redis: url.replace("//", "//:wrong@"), out: temporaryFolder() },
    );
    await expect(attempt).rejects.toThrow(
      /^Expected Redis at redis:\/\/127\.0\.0\.1:\d+ to be open to this user and password, got a refusal/,
    );
  });
});
