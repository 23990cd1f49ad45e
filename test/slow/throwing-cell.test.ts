import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "../helpers/cli.ts";
import { folderWith } from "../helpers/kernel-file.ts";

const BALL = `import { kernel } from "manyhands/kernel";

export default kernel({
  inputs: { speed: { from: 0, to: 10 }, height: { from: 0, to: 4 } },
  value: { name: "range" },
  point({ speed, height }) {
    if (speed === 3 && height === 2)
      throw new RangeError("no such ball");
    return speed * height;
  },
});
`;
const ERROR = "RangeError: at speed = 3, height = 2: no such ball (ball.ts:8)";
const JOB = ["ball.ts", "--points", "10x4", "--chunk", "5x2", "--no-plots", "--job-id", "j"];

test("a cell that throws twice fails its chunk for good, with its place and the line of the file, on every engine", async () => {
  const ends = async (engine: string) => {
    const cwd = folderWith({ "ball.ts": BALL });
    const { code, stdout, stderr } = await runCli(["run", ...JOB, "--engine", engine], { cwd });
    expect(code).toBe(3);
    expect(stdout).toContain(`on engine ${engine}: incomplete (1 of 4 chunks failed)`);
    const said = stderr.slice(stderr.indexOf("  chunk"));
    expect(said).toMatch(/^ {2}chunk 1: .* \(2 attempts, log .+\)\n.+:\n {2}manyhands resume results\/j\n$/);
    expect(said).toContain(ERROR);
    const summary = JSON.parse(readFileSync(join(cwd, "results/j/summary.json"), "utf8"));
    expect(summary).toMatchObject({ state: "incomplete", chunks: { done: 3, failed: 1 } });
    // The second attempt is the last one: no message waits out its visibility timeout, whatever the clock says.
    expect(summary.failures).toMatchObject([{ chunk: 1, error: ERROR, final: true, attempts: 2 }]);
  };
  await Promise.all(["serial", "threads", "local"].map(ends));
});

test("with onError it is one cell without a number, and the job is complete", async () => {
  const cwd = folderWith({ "ball.ts": BALL.replace("point(", 'onError: "nan",\n  point(') });
  const { code, stdout } = await runCli(["run", ...JOB, "--engine", "serial", "--json"], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({ state: "complete", nonFinite: 1 });
  expect(code).toBe(0);
  const cells = (await runCli(["table", "j"], { cwd })).stdout.trimEnd().split("\n");
  expect(cells.filter((cell) => /NaN|,$/.test(cell))).toEqual(["3,2,NaN"]);
});
