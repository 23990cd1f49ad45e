import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "../helpers/cli.ts";
import { folderWith, pointFile } from "../helpers/kernel-file.ts";
import { Pixels } from "../helpers/pictures.ts";
import { noRedis } from "../helpers/redis-server.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const scale = (...args: string[]) => runCli(["scale", "--repeats", "1", ...args]);

test("scale runs a job at each width and leaves nothing; its table, its causes and its picture say how that went", async () => {
  const picture = join(temporaryFolder(), "speed-up.png");
  const { code, stdout, stderr } = await scale("--size", "200", "--workers", "4,1,2,1", "--out", picture);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const [title, heading, ...rows] = stdout.split("\n");
  expect(title).toMatch(
    /^mandelbrot on engine threads: from the command's start to its end, the middle of 1 run$/,
  );
  expect(heading).toMatch(/^workers +time +fastest +speed-up +efficiency +Karp-Flatt/);
  expect(rows.slice(0, 3).map((row) => row.split(/ +/)[0])).toEqual(["1", "2", "4"]);
  expect(stdout).toContain("There is little to share");
  expect(new Pixels(readFileSync(picture)).width).toBeGreaterThan(400);
});

test("a kernel of one's own is run by its file, wherever it lies", async () => {
  const file = join(folderWith({ "mine.ts": pointFile("return x;") }), "mine.ts");
  const { code, stdout, stderr } = await scale(file, "--points", "10", "--workers", "1,2", "--json");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject({ kernel: "mine", runs: [{ workers: 1 }, { workers: 2 }] });
});

test("a picture that cannot be made is refused before the first run", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "there.png"), "");
  for (const [command, out, got] of [
    ["scale", "there.png", /to be a new file that can be written, got .*there\.png \(EEXIST\)\.$/m],
    ["tune", "none/x.png", /to be a new file that can be written, got .*x\.png \(ENOENT\)\.$/m],
    ["scale", "x.svg", /to be the name of a PNG, ending in \.png, got ".*x\.svg"\.$/m],
    ["tune", "x.gif", /to be the name of a PNG, ending in \.png, got ".*x\.gif"\.$/m],
  ] as const) {
    // What else is wrong is looked at afterwards.
    const { code, stderr } = await runCli([command, "--points", "none", "--out", join(folder, out)]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(got) });
  }
});

test.skipIf(noRedis)(
  "on engine redis each run brings its own, with as many workers as the width says",
  async () => {
    const args = ["--json", "--engine", "redis", "--workers", "1,2", "--size", "400", "--no-plots"];
    const { code, stdout, stderr } = await scale(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { runs, engine } = JSON.parse(stdout);
    expect(engine).toBe("redis");
    expect(runs.map(({ workers }: { workers: number }) => workers)).toEqual([1, 2]);
    for (const { phases } of runs) expect(Object.keys(phases)).toContain("fetch");
    const elsewhere = { env: { ...process.env, MANYHANDS_REDIS: "redis://hub" } };
    const named = await runCli(["scale", "--engine", "redis"], elsewhere);
    expect(named).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/"redis", whose machines say how many\. Where nothing names a place/),
    });
  },
);
test("scale --simulate goes on from what was run, and JSON tells which is which", async () => {
  const args = [
    "--size",
    "2000",
    "--chunk",
    "100x100",
    "--workers",
    "1",
    "--simulate",
    "1000",
    "--json",
    "--no-plots",
  ];
  const { code, stdout, stderr } = await scale(...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { widths, simulation } = JSON.parse(stdout);
  expect(widths.map(({ workers }: { workers: number }) => workers)).toEqual([1]);
  expect(simulation.from).toMatchObject({ workers: 1, seconds: widths[0].run.seconds });
  const last = simulation.widths.at(-1);
  expect(last).toMatchObject({ workers: 1000, aws: { usd: { expected: expect.any(Number) } } });
  expect(last.seconds).toBeLessThan(widths[0].run.seconds);
});

test.each(["threads", "local"])("on engine %s --plain computes by the plain functions", async (engine) => {
  const computing = async (...more: string[]) => {
    const args = ["--json", "--engine", engine, "--workers", "1", "--size", "1200", "--no-plots", ...more];
    const { code, stdout, stderr } = await scale(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { runs, widths, isPlain } = JSON.parse(stdout);
    expect([runs.length, widths.length, isPlain]).toEqual([1, 1, more.length > 0]);
    return runs[0].compute as number;
  };
  // CPU time, of which the twins need a tenth.
  expect(await computing("--plain")).toBeGreaterThan(2 * (await computing()));
});

test.each([
  [
    ["--engine", "aws"],
    /^Expected --engine to be one whose workers are on this machine, got "aws", whose fleet the stack caps\.\n$/,
  ],
  [
    ["--engine", "serial", "--workers", "1,2"],
    /^Expected --workers to be a whole number from 1 to 1, got "2"/,
  ],
  [["--workers", "1,x"], /^Expected --workers to be a whole number from 1/],
  [
    ["--simulate", "1", "--workers", "1"],
    /^Expected --simulate to be above 1, the workers from which it goes on, got "1"/,
  ],
  [["--simulate", "9", "--workers", "64"], /^Expected --workers to be no more than \d+ cores? at least once/],
  [
    ["--simulate", "9", "--engine", "serial", "--workers", "1"],
    /^Expected --engine to be threads or local for --simulate/,
  ],
  [["--repeats", "0"], /^Expected --repeats to be a whole number from 1/],
])("%j is refused with a sentence", async (args, sentence) => {
  const { code, stderr } = await runCli(["scale", ...args]);
  expect(stderr).toMatch(sentence);
  expect(code).toBe(2);
});
