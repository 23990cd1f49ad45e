import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { runCli, startCli } from "../helpers/cli.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

/** The processes that a process has started and that still run, by /proc. */
function childrenOf(parent: number | undefined): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => existsSync(`/proc/${pid}`) && parentOf(pid) === parent);
}

function parentOf(pid: number): number | undefined {
  try {
    // pid (command) state parent …; the command may contain anything, parentheses too
    return Number(
      readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ")[1],
    );
  } catch {
    return undefined;
  }
}

test("with no options it computes the tutorial's 250,000 elements and says that the sum is right", async () => {
  const cwd = temporaryFolder();
  const { code, stdout } = await runCli(["run"], { cwd });
  expect(code).toBe(0);
  expect(stdout).toContain("250,000");
  expect(stdout).toContain("51214485  ✔");
  const [job = ""] = readdirSync(join(cwd, "results"));
  expect(readdirSync(join(cwd, "results", job))).toEqual(
    expect.arrayContaining([
      "array",
      "heatmap.png",
      "surface.png",
      "timeline.png",
      "report.html",
      "summary.json",
      "job.json",
      "submitted.json",
    ]),
  );
});

test("--json prints one object with the promised fields, and nothing else on either stream", async () => {
  const out = join(temporaryFolder(), "out");
  const { code, stdout, stderr } = await runCli([
    "run",
    "--json",
    "--size",
    "100",
    "--engine",
    "serial",
    "--plot3d",
    "--npy",
    "--out",
    out,
  ]);
  expect(code).toBe(0);
  expect(stderr).toBe("");
  const result = JSON.parse(stdout);
  expect(result).toMatchObject({
    state: "complete",
    engine: "serial",
    shape: [50, 50],
    elements: 2500,
    sum: 509274,
    chunks: { total: 1, done: 1, failed: 0 },
    folder: out,
    reference: { sum: 509274, matches: true },
    rejected: 0,
  });
  expect(Object.keys(result.phasesMs)).toEqual([
    "startUp",
    "split",
    "compute",
    "aggregate",
    "plots",
    "shutDown",
  ]);
  for (const field of ["jobId", "makespanMs", "computeMs"]) expect(result).toHaveProperty(field);
  expect(readFileSync(join(out, "result.npy")).length).toBe(128 + 5000);
});

test("--quiet prints nothing", async () => {
  const out = join(temporaryFolder(), "out");
  expect(await runCli(["run", "-q", "--size", "20", "-e", "threads", "--out", out])).toEqual({
    code: 0,
    stdout: "",
    stderr: "",
  });
});

test("a whole job request comes from a file or stdin", async () => {
  const out = join(temporaryFolder(), "out");
  const request = {
    kernel: "julia",
    grid: { axes: [{ from: -1, to: 1, count: 30 }] },
    chunk: [7],
    output: { colormap: "jet" },
  };
  const { code, stdout } = await runCli(["run", "--request", "-", "--json", "-e", "serial", "--out", out], {
    stdin: JSON.stringify(request),
  });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ shape: [30], chunks: { total: 5 } });
  expect(existsSync(join(out, "heatmap.png"))).toBe(true);
});

test("plot draws a finished folder's pictures again, the same or in other colours", async () => {
  const out = join(temporaryFolder(), "out");
  await runCli(["run", "-q", "--size", "100", "-e", "serial", "--out", out]);
  const drawn = readFileSync(join(out, "heatmap.png"));
  const summary = readFileSync(join(out, "summary.json"), "utf8");
  expect((await runCli(["plot", out])).code).toBe(0);
  expect(readFileSync(join(out, "heatmap.png")).equals(drawn)).toBe(true);
  expect((await runCli(["plot", out, "--colormap", "jet"])).code).toBe(0);
  expect(readFileSync(join(out, "heatmap.png")).equals(drawn)).toBe(false);
  expect(readFileSync(join(out, "summary.json"), "utf8")).toBe(summary);
});

test("bad input is one sentence on stderr and exit code 2", async () => {
  const cwd = temporaryFolder();
  const { code, stdout, stderr } = await runCli(["run", "mandelbrt"], { cwd });
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toContain("Did you mean mandelbrot?");
  expect(readdirSync(cwd)).toEqual([]);
  expect((await runCli(["run", "--max-iteration", "5"], { cwd })).code).toBe(2);
  expect((await runCli(["rum"], { cwd })).code).toBe(2);
});

test("kernels lists every kernel with its parameters, as text and as JSON", async () => {
  expect((await runCli(["kernels"])).stdout).toMatch(
    /^mandelbrot: [\s\S]*^ {2}input {5}--max-iterations <iterations> count [\s\S]*^double-pendulum: [\s\S]*m\/s²/m,
  );
  const listed: { name: string }[] = JSON.parse((await runCli(["kernels", "--json"])).stdout);
  expect(listed.map(({ name }) => name)).toEqual([...KERNELS.keys()]);
});

const LONG = ["--size", "3000", "--max-iterations", "60000", "--chunk", "50x50"];

test("Ctrl-C stops slots and server soon, says what is stored, exits 130 and leaves no process", async () => {
  const out = join(temporaryFolder(), "out");
  const { child, ended } = startCli(["run", ...LONG, "--out", out]);
  while (!existsSync(join(out, "reports"))) await new Promise((resolve) => setTimeout(resolve, 50));
  const slots = childrenOf(child.pid);
  expect(slots.length).toBeGreaterThanOrEqual(3);
  child.kill("SIGINT");
  const { code, stderr } = await ended;
  expect(code).toBe(130);
  expect(stderr).toMatch(/^Interrupted: \d+ of 9\d\d chunks are stored in /);
  expect(slots.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
});

test("Ctrl-C while everything is still starting leaves no process either", async () => {
  const out = join(temporaryFolder(), "out");
  const { child, ended } = startCli(["run", ...LONG, "--out", out]);
  while (!existsSync(join(out, "logs"))) await new Promise((resolve) => setTimeout(resolve, 5));
  const slots = childrenOf(child.pid);
  child.kill("SIGINT");
  expect((await ended).code).toBe(130);
  expect(slots.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
});
