/** Kernels in Python on engine local. test/python/worker.sh makes the environment, and names it in VIRTUAL_ENV. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { open, run as runArray } from "../../api/index.ts";
import { withOwnRedis } from "../../client/local/own-redis.ts";
import { isRunning } from "../../client/processes.ts";
import { redisPlace } from "../../shared/ports/redis/redis-url.ts";
import { MAIN, runCli, startCli } from "../helpers/cli.ts";
import { expectNothingLeft, ticksOf } from "../helpers/computing-run.ts";
import { firstOf } from "../helpers/first-of.ts";
import { folderWith } from "../helpers/kernel-file.ts";
import { familyOf } from "../helpers/sockets.ts";

const EXAMPLE = join(import.meta.dirname, "../../examples/python-kernel");
const PYTHON = join(process.env.VIRTUAL_ENV ?? "", "bin/python");
const isHere = existsSync(PYTHON) && spawnSync(PYTHON, ["-c", "import manyhands, boto3, numba"]).status === 0;

const hasRedis =
  spawnSync("redis-server", ["--version"]).status === 0 &&
  spawnSync(PYTHON, ["-c", "import redis"]).status === 0;

const HEAD = "from manyhands import Kernel, Number, Value\n";
const FILL = "kernel = Kernel(inputs={'x': Number(start=0, stop=1)}, values={'y': Value()}, fill=fill)\n";
/** A kernel's file around the body of its fill, a line. */
const filling = (body: string) => `${HEAD}def fill(window, out, tools):\n    ${body}\n${FILL}`;
const HALF_A_MINUTE = filling("import time; end = time.time() + 30\n    while time.time() < end: pass");
/** As what the tests' own environment has set goes before a .venv. */
const NO_ENVIRONMENT = { VIRTUAL_ENV: "" };

const run = (folder: string, ...args: string[]) =>
  runCli(["run", ...args, "--no-plots", "--json"], { cwd: folder });

describe.skipIf(!isHere)(
  `a kernel in Python (${isHere ? PYTHON : "skipped: VIRTUAL_ENV has no package manyhands"})`,
  () => {
    test("has the cells that multiprocessing.Pool gives, as docs/pool.md shows the programs and what they print", async () => {
      const page = readFileSync(join(import.meta.dirname, "../../docs/pool.md"), "utf8");
      for (const name of readdirSync(EXAMPLE).filter((each) => each.endsWith(".py")))
        expect(page, name).toContain(readFileSync(join(EXAMPLE, name), "utf8").replace(/^""".*"""\n+/, ""));
      const folder = folderWith({
        "henon.py": readFileSync(join(EXAMPLE, "henon.py")),
        "bin/npx": `#!/bin/sh\nshift\nexec "${process.execPath}" "${MAIN}" "$@"\n`,
      });
      const env = { ...process.env, PATH: `${join(folder, "bin")}:${process.env.PATH}` };
      const printed = (name: string) =>
        spawnSync(PYTHON, [join(EXAMPLE, name)], { cwd: folder, env, encoding: "utf8" }).stdout.trim();
      const pooled = printed("henon_pool.py");
      expect(printed("henon_from_python.py")).toBe(pooled);
      const [id = ""] = readdirSync(join(folder, "results"));
      const summary = JSON.parse(readFileSync(join(folder, "results", id, "summary.json"), "utf8"));
      expect(summary).toMatchObject({ state: "complete", sum: Number(pooled), chunks: { failed: 0 } });
      expect(page).toContain(`  sum       ${pooled}\n`);
      expect(page).toContain(`\n${pooled}\n`);
    });

    test("is asked for its inputs by --help, and says what is wrong with what was given", async () => {
      const help = await runCli(["run", "--help", join(EXAMPLE, "henon.py")]);
      expect(help.stdout).toMatch(/--a <from:to>\s+bend \(0:2\)/);
      const wrong = await run(EXAMPLE, "./henon.py", "--a", "two");
      expect(wrong).toMatchObject({ code: 2, stderr: 'Expected --a to be a number, got "two".\n' });
    });

    test.each([
      ["a package that is not there", "import nowhere", "got none of nowhere. `"],
      ["what is no Python", "def f(:", "Expected mine.py to be Python, got invalid syntax in line 1."],
      ["an exception", `${HEAD}\n1 / 0`, "got ZeroDivisionError: division by zero in line 3."],
      ["sys.exit", "import sys\nprint('loud')\nsys.exit(3)", "got SystemExit: 3 in line 3."],
      ["its process ended", "import os; os._exit(3)", "got the end of its process, exit code 3."],
      ["its process killed", "import os; os.kill(os.getpid(), 9)", "got the end of its process, SIGKILL."],
      ["a module beside it", "import beside", "a kernel's file imports installed packages only."],
      ["no kernel", "x = 1", "Expected mine.py to be a file with `kernel = Kernel(…)`, got NoneType."],
      [
        "a reserved input",
        `${HEAD}fill = lambda w, o, t: None\n${FILL.replace("'x'", "'python'")}`,
        "is reserved.",
      ],
      [
        "a fill that returns",
        filling("return window['x']"),
        "and returns nothing, got an array of (1,) float64.",
      ],
      [
        "a fill of two parameters",
        `${HEAD}fill = lambda w, o: None\n${FILL}`,
        "got too many positional arguments.",
      ],
    ])("with %s is refused in a sentence, before anything is stored", async (_, text, sentence) => {
      const folder = folderWith({ "mine.py": text, "beside.py": "" });
      const { code, stdout, stderr } = await run(folder, "./mine.py", "--points", "20");
      expect(stderr).toMatch(/^Expected [^\n]*\.\n$/);
      expect(stderr).toContain(sentence);
      expect({ code, stdout, results: existsSync(join(folder, "results")) }).toEqual({
        ...{ code: 2, stdout: "", results: false },
      });
    });

    test("fails a chunk with the reason and the line, and the others have their cells", async () => {
      const failing = `ends = [
    lambda out: (_ for _ in ()).throw(ValueError("no such spot")),
    lambda out: __import__("sys").exit(4),
    lambda out: out.__setitem__(..., [1, 2, 3]),
    lambda out: out.__setitem__(..., 1j),
    lambda out: __import__("os").kill(__import__("os").getpid(), 9),
    lambda out: out.__setitem__(..., 7),
]
${filling("ends[round(6 * window['x'][0])](out)")}`;
      const folder = folderWith({ "mine.py": failing });
      const { code, stdout } = await run(folder, "./mine.py", "--points", "6", "--chunk", "1");
      const { failures, ...summary } = JSON.parse(stdout);
      expect({ code, ...summary }).toMatchObject({ code: 3, chunks: { failed: 5 }, sum: 7 });
      const reasons = failures.map(({ error }: { error: string }) => error);
      for (const [k, reason] of [
        /^ValueError: no such spot \(mine\.py:\d+\)$/,
        /^SystemExit: 4 \(mine\.py:\d+\)$/,
        /shape \(3,\) into shape \(1,\) \(mine\.py:\d+\)$/,
        /^\w+: .*complex.* \(mine\.py:\d+\)$/,
        /each was killed, timed out/,
      ].entries())
        expect(reasons[k]).toMatch(reason);
    });

    test("may print: what it says is in its worker's log", async () => {
      const folder = folderWith({ "mine.py": filling("print('out loud'); out[...] = window['x']") });
      const { code, stdout } = await run(
        folder,
        "./mine.py",
        "--points",
        "20",
        "-w",
        "1",
        "--job-id",
        "loud",
      );
      expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, elements: 20 });
      expect(readFileSync(join(folder, "results/loud/logs/worker-1.log"), "utf8")).toContain("out loud\n");
    });

    test("is refused by engines whose workers are Node's, and with a limit", async () => {
      const folder = folderWith({ "mine.py": HALF_A_MINUTE });
      for (const engine of ["serial", "threads"]) {
        const { code, stderr } = await run(folder, "./mine.py", "--points", "4", "--engine", engine);
        expect(code).toBe(2);
        expect(stderr).toMatch(/^Expected --engine to be local\b.* for mine, whose file is Python, got /);
      }
      const { stderr } = await run(folder, "./mine.py", "--max-usd", "1");
      expect(stderr).toContain("left out for mine: workers of Python keep no accounts");
    });

    test.runIf(hasRedis)(
      "is computed where a run brings its own Redis, with workers of Python that leave nothing",
      async () => {
        const folder = folderWith({
          "henon.py": readFileSync(join(EXAMPLE, "henon.py")),
          // Its workers take their time; they are on their way, and not missed.
          python: `#!/bin/sh\ncase "$*" in *" worker "*) sleep 4;; esac\nexec "${PYTHON}" "$@"\n`,
        });
        const job = ["./henon.py", "--points", "400x400", "--python", join(folder, "python")];
        const args = [...job, "--engine", "redis", "--workers", "2", "--no-plots", "--json"];
        const { child, ended } = startCli(["run", ...args], { cwd: folder });
        const seen = new Set<number>();
        const looking = setInterval(() => {
          for (const pid of familyOf(child.pid!)) seen.add(pid);
        }, 100);
        const { code, stdout, stderr } = await ended;
        clearInterval(looking);
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
        expect(JSON.parse(stdout)).toMatchObject({ sum: 25305790, engine: "redis", workers: 2 });
        expect(seen.size).toBeGreaterThanOrEqual(3);
        expect([...seen].filter(isRunning)).toEqual([]);
      },
    );

    test.runIf(hasRedis)("whose interpreter cannot ask a Redis says so", async () => {
      const folder = folderWith({
        "mine.py": HALF_A_MINUTE,
        python: `#!/bin/sh\n[ "$3" = worker ] && set -- -c 'raise SystemExit("no such package")'\nexec ${PYTHON} "$@"\n`,
      });
      const options = ["--points", "4", "--engine", "redis", "--python", join(folder, "python")];
      const { code, stderr } = await run(folder, "./mine.py", ...options);
      expect(stderr).toMatch(
        /^Expected the workers of \S+\/python to be at work until their job has ended, got their end by exit code 1 \(no such package\)\.\n$/,
      );
      expect(code).toBe(2);
    });

    test("goes on with its own file alone, and is verified by Python", async () => {
      const text = filling("out[...] = 2 * window['x']");
      const folder = folderWith({ "mine.py": text });
      await run(folder, "./mine.py", "--points", "40", "--chunk", "10", "--job-id", "j1");
      const at = { cwd: folder };
      const verified = await runCli(["verify", "j1", "--json"], at);
      expect(JSON.parse(verified.stdout)).toMatchObject({ chunks: { stored: 4, compared: 4, equal: 4 } });
      writeFileSync(join(folder, "mine.py"), `${text}# changed\n`);
      const other = await runCli(["resume", "j1"], at);
      expect(other).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("begun by another version of it"),
      });
    });

    test("is computed by --python, or .venv beside it; another without the package is told how it gets it", async () => {
      const folder = folderWith({
        "mine.py": filling("out[...] = window['x']"),
        ".venv/bin/python": '#!/bin/sh\nexec python3 -S "$@"\n',
      });
      const asked = ["run", "./mine.py", "--points", "20", "--no-plots", "--json"];
      const without = await runCli(asked, { cwd: folder, env: NO_ENVIRONMENT });
      expect(without.code).toBe(2);
      expect(without.stderr).toMatch(
        /^Expected the package manyhands to be installed for \S+\.venv\/bin\/python, got none\. `\S+ -m pip install '\.\/workers\/python\[sqs\]'` installs it\. --python, or an active environment, names another one\.\n$/,
      );
      const given = await runCli([...asked, "--python", PYTHON], { cwd: folder, env: NO_ENVIRONMENT });
      expect(given).toMatchObject({ code: 0, stderr: "" });
      const folderGiven = await runCli([...asked, "--python", "."], { cwd: folder });
      expect(folderGiven.stderr).toBe(
        "Expected the interpreter . to be one that starts, got EACCES. --python, or an active environment, names another one.\n",
      );
      const nowhere = await runCli([...asked, "--python", "./nowhere"], { cwd: folder });
      expect(nowhere.stderr).toBe(
        "Expected the interpreter to be a path, or a program's name on PATH, got nothing at ./nowhere.\n",
      );
    });

    test("is computed by the library's option python, and verified and gone on with by it", async () => {
      const folder = folderWith({ "mine.py": filling("out[...] = 3 * window['x']") });
      vi.stubEnv("VIRTUAL_ENV", "");
      onTestFinished(() => void vi.unstubAllEnvs());
      const [out, python] = [join(folder, "out"), PYTHON];
      const { summary } = await runArray(
        join(folder, "mine.py"),
        {},
        { python, out, points: [20], plots: false },
      );
      expect(summary).toMatchObject({ state: "complete", sum: 3 * 9.5 });
      const job = await open(out);
      expect(await job.verify({ python })).toMatchObject({ isEqual: true });
      await expect(job.verify({ python: "./nowhere" })).rejects.toThrow(
        "Expected the interpreter to be a path",
      );
      rmSync(join(out, "summary.json"));
      expect(await (await open(out)).resume({ python })).toMatchObject({ summary: { state: "complete" } });
    });

    test("whose worker is killed has all its cells, and its run's end leaves no process behind", async () => {
      const folder = folderWith({ "henon.py": readFileSync(join(EXAMPLE, "henon.py")) });
      const job = ["run", "./henon.py", "--points", "400x400", "--chunk", "50x100", "--no-plots", "--json"];
      const { child, ended } = startCli([...job, "--job-id", "k1", "-w", "2"], { cwd: folder });
      process.kill(await slotOf(child.pid!), "SIGKILL");
      const { code, stdout } = await ended;
      expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, sum: 25305790 });
    });

    test.runIf(hasRedis)(
      "is computed on engine redis by a machine of Python that allows uploads",
      async () => {
        await withOwnRedis(async (url) => {
          const { host, port, password = "" } = redisPlace(url);
          const redis = `redis://${host}:${port}`;
          const env = { ...process.env, REDIS_PASSWORD: password };
          const started = async (...options: string[]) => {
            const arguments_ = ["-m", "manyhands", "worker", "--queue", redis, "--workers", "1", ...options];
            const worker = spawn(PYTHON, arguments_, { stdio: ["ignore", "ignore", "pipe"], env });
            onTestFinished(() => void worker.kill("SIGKILL"));
            const [line] = await firstOf(worker, createInterface(worker.stderr), "line");
            expect(line).toMatch(/^working\b/); // from here on, and its beat is there
            worker.stderr.resume();
            return worker;
          };
          const job = ["run", "./henon.py", "--points", "400x400", "--redis", redis, "--no-plots", "--json"];
          const folder = folderWith({ "henon.py": readFileSync(join(EXAMPLE, "henon.py")) });
          const early = await runCli(["submit", ...job.slice(1), "--points", "10x10"], { cwd: folder, env });
          expect(early.stderr).toContain("No machine with Python says that it works for ");
          const strict = await started();
          const built = ["submit", "--size", "20", "--redis", redis, "--no-plots"];
          expect((await runCli(built, { cwd: folder, env })).stderr).not.toContain("No machine");
          const refused = await runCli(job, { cwd: folder, env });
          expect(refused.code).toBe(2);
          expect(refused.stderr).toContain("or for Python `python -m manyhands worker --allow-uploads`");
          const worker = await started("--allow-uploads");
          strict.kill("SIGTERM");
          const { code, stdout } = await runCli(job, { cwd: folder, env });
          expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, sum: 25305790, engine: "redis" });
          worker.kill("SIGTERM");
          await Promise.all(
            [strict, worker].map((each) => each.exitCode ?? each.signalCode ?? once(each, "exit")),
          );
        });
      },
    );

    test.each(["SIGKILL", "SIGINT"] as const)(
      "whose run ends by %s leaves no process behind",
      async (signal) => {
        const folder = folderWith({ "mine.py": HALF_A_MINUTE });
        const job = ["run", "./mine.py", "--points", "4", "--chunk", "2", "--no-plots", "-q", "-w", "2"];
        const { child, ended } = startCli(job, { cwd: folder });
        const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
        await slotOf(child.pid!, 60);
        const pids = familyOf(child.pid!);
        onTestFinished(() => {
          for (const pid of pids) if (isRunning(pid)) process.kill(pid, "SIGKILL");
        });
        child.kill(signal);
        await expectNothingLeft({ child, exited, ended, pids });
        if (signal === "SIGINT") expect((await ended).code).toBe(130);
      },
    );
  },
);

/** The process of a worker in Python that has computed for so many hundredths of a second. */
async function slotOf(pid: number, ticks = 1): Promise<number> {
  const isSlot = (each: number) =>
    existsSync(`/proc/${each}/cmdline`) &&
    readFileSync(`/proc/${each}/cmdline`, "utf8").includes("manyhands\0slot") &&
    ticksOf(each) > ticks;
  return vi.waitUntil(() => familyOf(pid).find(isSlot), { timeout: 60_000, interval: 20 });
}
