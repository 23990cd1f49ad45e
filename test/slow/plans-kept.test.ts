import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { plan } from "../../api/index.ts";
import { runCli } from "../helpers/cli.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const PENDULUM = ["double-pendulum", "--points", "60x60", "--chunk", "20x20", "--no-plots"];
const json = (...path: string[]) => JSON.parse(readFileSync(join(...path), "utf8"));

/** The command line of a user whose own data lie in a folder of the test's. */
function user() {
  const data = temporaryFolder();
  const out = join(temporaryFolder(), "job");
  const cli = async (...args: string[]) => {
    const ended = await runCli(args, { env: { XDG_DATA_HOME: data } });
    expect(ended).toMatchObject({ code: 0 });
    return ended;
  };
  return { data, out, cli };
}

test("what plan told of a job is in its summary and its status, once", async () => {
  const { data, out, cli } = user();
  const planned = JSON.parse((await cli("plan", ...PENDULUM, "--json")).stdout);
  const { seconds, usd } = planned.engines.threads;
  const ran = await cli("run", ...PENDULUM, "--engine", "threads", "--out", out);
  expect(ran.stdout).toMatch(/^ {2}plan {6}planned .*; took /m);
  expect(json(out, "summary.json").plan).toEqual({ seconds, usd, pricesDate: planned.pricesDate });
  const status = await cli("status", out);
  expect(status.stdout).toMatch(/^ {2}plan {6}planned .*; its chunks took /m);
  expect(JSON.parse((await cli("status", out, "--json")).stdout).plan.seconds).toEqual(seconds);
  const { runs } = json(data, "manyhands/predictions.json");
  expect(runs).toMatchObject([{ engine: "threads" }]);
  await cli("run", ...PENDULUM, "--engine", "threads", "--out", `${out}-again`, "--quiet");
  expect(json(`${out}-again`, "summary.json")).not.toHaveProperty("plan");
});

test("the library's plan writes nothing among the user's files", async () => {
  const { data } = user();
  const before = process.env.XDG_DATA_HOME;
  process.env.XDG_DATA_HOME = data;
  try {
    expect((await plan("mandelbrot", {}, { points: [40, 50] })).verdict).toMatch(/^Stay local/);
  } finally {
    if (before === undefined) delete process.env.XDG_DATA_HOME;
    else process.env.XDG_DATA_HOME = before;
  }
  expect(readdirSync(data)).toEqual([]);
});

test("resume --dry-run plans what a job lacks, and computes nothing", async () => {
  const { out, cli } = user();
  await cli("run", ...PENDULUM, "--engine", "threads", "--out", out, "--quiet");
  const whole = await cli("resume", out, "--dry-run");
  expect(whole.stdout).toMatch(/: nothing is missing\.\n$/);
  const row = join(out, "array/time_to_first_flip/c/1");
  rmSync(row, { recursive: true });
  const planned = JSON.parse((await cli("resume", out, "--dry-run", "--json")).stdout);
  expect(planned).toMatchObject({ missing: 3, basis: "measured", engines: { serial: { chunks: 3 } } });
  const said = await cli("resume", out, "--dry-run");
  expect(said.stdout).toMatch(/^Plan of what double-pendulum-.* lacks\n/);
  expect(existsSync(row)).toBe(false);
});

test("map --dry-run runs no item, which may have effects", async () => {
  const { out, cli } = user();
  const folder = temporaryFolder();
  const [task, items, effect] = ["task.ts", "items.jsonl", "effect"].map((name) => join(folder, name));
  writeFileSync(
    task!,
    `import { writeFileSync } from "node:fs";
import { task } from "manyhands/kernel";
export default task({ task: (item: number) => { writeFileSync(${JSON.stringify(effect)}, ""); return item; } });
`,
  );
  writeFileSync(items!, "1\n2\n3\n4\n");
  const options = [task!, items!, "--out", out];
  const planned = JSON.parse((await cli("map", ...options, "--dry-run", "--json")).stdout);
  expect(planned).toMatchObject({ basis: "assumed", engines: { local: { chunks: 4 } } });
  // A second each, or the limit of 30.
  expect(planned.compute.expected).toBeCloseTo(4, 1);
  expect(planned.compute.high).toBeCloseTo(120, -1);
  expect([existsSync(effect!), existsSync(out)]).toEqual([false, false]);
  await cli("map", ...options, "--engine", "threads", "--no-plots");
  expect(existsSync(effect!)).toBe(true);
});
