/** Jobs with a limit on engine local: what was metered is never more, and a limit well above the plan ends no job. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run } from "../../api/index.ts";
import { localEngine } from "../../client/engines/local.ts";
import { serial } from "../../client/engines/serial.ts";
import { seededRandom } from "../../client/local/seeded-random.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import { resumption } from "../../shared/messages/resumption.ts";
import { sameBytes } from "../helpers/arrays.ts";
import { runCli } from "../helpers/cli.ts";
import { misbehavingEngine, runEngine, twentyChunks } from "../helpers/run-engine.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples");
const summaryIn = (folder: string) => JSON.parse(readFileSync(join(folder, "summary.json"), "utf8"));

/** What the splitter names as the least that the job may be allowed (USD). */
async function leastOf(args: readonly string[]): Promise<number> {
  const { stderr } = await runCli([...args, "--max-usd", "0.0000001", "--quiet"], { cwd: temporaryFolder() });
  return Number(/^Expected --max-usd to be at least (\S+) USD/.exec(stderr)?.[1]);
}

const JOBS = [
  ["mandelbrot", "--no-plots"],
  ["mandelbrot", "--points", "900x900", "--chunk", "60x60", "--chunks-per-message", "1", "--no-plots"],
  ["double-pendulum", "--points", "240x240", "--chunk", "40x40", "--no-plots"],
  [join(EXAMPLES, "kernels/epidemic.ts"), "--points", "40x40", "--no-plots"],
];

test.for(JOBS.flatMap((job) => ["1", "2", "8"].map((workers) => [workers, job] as const)))(
  "with %s workers a job completes whose limit is the one that its plan calls enough: %s",
  async ([workers, job]) => {
    const cwd = temporaryFolder();
    const { stdout } = await runCli(["plan", ...job, "--workers", workers, "--json"], { cwd });
    const { usd, enoughUsd: maxUsd } = JSON.parse(stdout).engines.local;
    const asked = ["run", ...job, "--workers", workers];
    // Beside what is set aside and a worker's seat it is not much more than the plan's high estimate.
    expect(maxUsd).toBeLessThan((await leastOf(asked)) + 1.5 * usd.high + 0.0005);
    const {
      code,
      stdout: told,
      stderr,
    } = await runCli([...asked, "--max-usd", maxUsd.toFixed(9), "--out", "j"], { cwd });
    expect(code, stderr).toBe(0);
    expect(told).toMatch(/^ {2}limit +0\.\d+ USD for all its rounds together$/m);
    const { cost, limit } = summaryIn(join(cwd, "j"));
    expect(cost.usd).toBeLessThanOrEqual(maxUsd);
    expect(limit).toEqual({ maxUsd: Number(maxUsd.toFixed(9)) });
  },
);

test.each(["mapping", "burst"] as const)("so it does where workers start as on AWS, by %s", async (ramp) => {
  const engine = localEngine({ ramp: { acceleration: 1, burstConcurrency: 6 }, retryAfterSeconds: 0 });
  const request = twentyChunks("mandelbrot", { ramp, maxUsd: 0.02 });
  const { summary, array } = await runEngine(engine, request, { workers: 8 });
  expect(summary.state).toBe("complete");
  expect(summary.cost!.usd).toBeLessThanOrEqual(0.02);
  expect(sameBytes(array, (await runEngine(serial, twentyChunks("mandelbrot"))).array)).toBe(true);
});

test("a burst whose limit has one seat starts no worker: the mapping has it", async () => {
  const engine = localEngine({ ramp: { acceleration: 1, burstConcurrency: 6 }, retryAfterSeconds: 0 });
  const request = twentyChunks("mandelbrot", { ramp: "burst", maxUsd: 0.0048 });
  const { summary, store } = await runEngine(engine, request, { workers: 8 });
  expect(summary).toMatchObject({ state: "complete" });
  expect(summary.cost!.usd).toBeLessThanOrEqual(0.0048);
  const bytes = await store.get("jobs/job/submitted.json");
  expect(JSON.parse(new TextDecoder().decode(bytes))).toMatchObject({ ramp: "burst", drainers: 0 });
});

test.each(["dies-once", "always-dies", "poison"])(
  "with kernel %s, whose chunks are retried or fail, it holds",
  async (kernel) => {
    const engine = misbehavingEngine({ timeoutMs: 1500 });
    const request = twentyChunks(kernel, { maxUsd: 0.006 });
    const { summary } = await runEngine(engine, request, { workers: 4 });
    expect(["complete", "incomplete", "cancelled"]).toContain(summary.state);
    expect(summary.cost!.usd).toBeLessThanOrEqual(0.006);
  },
);

/** 64 messages of some 300 ms. */
const PENDULUM: JobRequest = {
  ...{ kernel: "double-pendulum", points: [520, 520], chunk: [65, 65], chunksPerMessage: 1 },
  output: { plots: false },
};
const SEEDS = [1, 2, 3, 4];
const ends: string[] = [];
let kills = 0;

test.for(SEEDS)("seed %d: killed workers and shuffled messages, and a resumption", async (seed) => {
  const random = seededRandom(seed);
  const maxUsd = 0.003 + 0.003 * random();
  const folder = temporaryFolder();
  const runAgain = async (request: object) => {
    let deliveries = 0;
    let slots: () => { readonly worker: number[] } = () => ({ worker: [] });
    const engine = localEngine({
      shuffleSeed: seed,
      // A seat is worth less then, and more of the limit is spent.
      timeoutMs: 3_000,
      onSlots: (pids) => {
        slots = pids;
      },
      onAnswered: ({ method, url, headers }) => {
        const isChunk =
          method === "PUT" && url?.includes("/array/") && headers.authorization?.includes("=worker/");
        if (!isChunk || ++deliveries % 5 !== 0 || random() < 0.5) return;
        const [pid] = slots().worker;
        if (pid !== undefined && pid > 0) {
          kills++;
          process.kill(pid, "SIGKILL");
        }
      },
    });
    return (await runEngine(engine, request as JobRequest, { folder })).summary;
  };
  const first = await runAgain({ ...PENDULUM, maxUsd });
  expect(first.cost!.usd).toBeLessThanOrEqual(maxUsd);
  ends.push(`${first.state} ${first.cancelledFor}`);
  const second = await runAgain(resumption("job", { maxUsd: maxUsd + 0.5 }));
  expect(second.cost!.usd).toBeLessThanOrEqual(maxUsd + 0.5);
  ends.push(`${second.state} ${second.cancelledFor}`);
});

test("workers were killed meanwhile, some jobs ended for their limit, and some were complete later", () => {
  expect(kills).toBeGreaterThanOrEqual(SEEDS.length / 2);
  expect(ends).toContain("cancelled budget");
  expect(ends).toContain("complete undefined");
});

test("a limit below the planned cost is said; the job ends resumable, says how to go on, and goes on with more", async () => {
  const cwd = temporaryFolder();
  const job = [
    "double-pendulum",
    "--points",
    "600x600",
    "--chunk",
    "30x30",
    "--chunks-per-message",
    "1",
    "--no-plots",
  ];
  const maxUsd = (1.05 * (await leastOf(["run", ...job]))).toFixed(6);
  const first = await runCli(["run", ...job, "--max-usd", maxUsd, "--out", "j"], { cwd });
  expect(first.stderr).toMatch(
    /^Planned \S+ USD, limit \S+ USD: the job may end before it is complete; \S+ USD are probably enough\.$/m,
  );
  expect(first.code).toBe(3);
  expect(first.stdout).toContain("cancelled (it may cost no more, ");
  const [, enough = ""] =
    /with a limit that is probably enough:\n {2}.*resume j --max-usd (0\.\d+)\n/.exec(first.stderr) ?? [];
  const summary = summaryIn(join(cwd, "j"));
  expect(summary).toMatchObject({ state: "cancelled", cancelledFor: "budget" });
  expect(summary.cost.usd).toBeLessThanOrEqual(Number(maxUsd));
  expect(summary.chunks.done).toBeGreaterThan(0);
  const status = await runCli(["status", "j"], { cwd });
  expect(status.stdout).toContain(": cancelled (it may cost no more)");
  expect(status.stdout).toContain(`resume j --max-usd ${enough}\` computes what is missing`);
  expect(status.stdout).toMatch(/^ {2}limit +\S+ USD for all its rounds together$/m);
  const cost = JSON.parse((await runCli(["cost", "j", "--json"], { cwd })).stdout);
  expect(cost).toMatchObject({ maxUsd: Number(maxUsd), cost: summary.cost });

  const hardlyMore = (Number(maxUsd) + 0.000001).toFixed(6);
  const little = await runCli(["resume", "j", "--max-usd", hardlyMore], { cwd });
  expect(little.code).toBe(2);
  expect(little.stderr).toMatch(/^Planned \S+ USD, limit \S+ USD: the job may end before it is complete; /m);
  const same = await runCli(["resume", "j"], { cwd });
  expect(same.code).toBe(2);
  expect(same.stderr).toMatch(
    /^Expected --max-usd to be at least \S+ USD for this job, got .* Its earlier rounds are in it\.\n$/,
  );
  const dry = await runCli(["resume", "j", "--max-usd", enough, "--dry-run"], { cwd });
  expect(dry.stdout).toMatch(
    / A limit of \S+ USD (?:is probably enough|may end it early, or be refused as too little: \S+ USD are probably enough)\.$/m,
  );
  const second = await runCli(["resume", "j", "--max-usd", enough], { cwd });
  expect(second.code, second.stderr).toBe(0);
  const whole = summaryIn(join(cwd, "j"));
  expect(whole).toMatchObject({ state: "complete", round: 1 });
  expect(whole.cancelledFor).toBeUndefined();
});

test("plan, run --dry-run and tune say whether a limit is enough, and which would be", async () => {
  const cwd = temporaryFolder();
  const job = ["double-pendulum", "--points", "60x60", "--chunk", "20x20"];
  for (const command of [["plan"], ["run", "--dry-run"], ["tune"]]) {
    const told = async (maxUsd: string) =>
      JSON.parse((await runCli([...command, ...job, "--max-usd", maxUsd, "--json"], { cwd })).stdout);
    const little = await told("0.0001");
    expect(little.verdict, command[0]).toMatch(
      / A limit of 0\.00010 USD may end it early, or be refused as too little: 0\.\d+ USD are probably enough\.$/,
    );
    const { enoughUsd = little.engines?.aws.enoughUsd } = little;
    expect(enoughUsd).toBeGreaterThan(0.002);
    expect((await told("1")).verdict, command[0]).toMatch(/ A limit of 1\.0?0? ?USD is probably enough\.$/);
  }
});

test("a task's items have a limit too", async () => {
  const cwd = temporaryFolder();
  const task = [
    "map",
    join(EXAMPLES, "map/words.ts"),
    join(EXAMPLES, "map/texts.jsonl"),
    "--no-plots",
    "--allow-missing",
    "0.5",
  ];
  const least = await leastOf(task);
  const maxUsd = (least + 0.003).toFixed(6);
  const dry = await runCli([...task, "--max-usd", maxUsd, "--dry-run"], { cwd });
  expect(dry.stdout).toMatch(
    / A limit of \S+ USD may end it early, or be refused as too little: \S+ USD are probably enough\.$/m,
  );
  const { code, stderr } = await runCli([...task, "--max-usd", maxUsd, "--out", "j"], { cwd });
  expect(code, stderr).toBe(0);
  // Its items are taken to last a second each.
  expect(stderr).toMatch(
    /limit \S+ USD: the job may end before it is complete; \S+ USD are probably enough\.$/m,
  );
  expect(summaryIn(join(cwd, "j")).cost.usd).toBeLessThanOrEqual(least + 0.003);
});

test("a limit below what is set aside is bad input, in a sentence with its name, and leaves no folder", async () => {
  const cwd = temporaryFolder();
  const { code, stderr, stdout } = await runCli(["run", "--max-usd", "0.001", "--no-plots"], { cwd });
  expect(stderr.trimEnd().split("\n").at(-1)).toMatch(
    /^Expected --max-usd to be at least \S+ USD for this job, got 0\.001\. That much is set aside/,
  );
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(existsSync(join(cwd, "results")) ? readdirSync(join(cwd, "results")) : []).toEqual([]);
  const out = join(cwd, "out");
  await expect(run("mandelbrot", {}, { maxUsd: 0.001, plots: false, out })).rejects.toThrow(
    /^Expected maxUsd to be at least \S+ USD for this job, got 0\.001\./,
  );
  expect(existsSync(out)).toBe(false);
});
