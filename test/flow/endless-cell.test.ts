import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startCli } from "../helpers/cli.ts";
import { ticksOf } from "../helpers/computing-run.ts";
import { folderWith, pointFile } from "../helpers/kernel-file.ts";

/** Its cost is part of the request: no cell is timed beforehand. */
const REQUEST = JSON.stringify({
  ...{ kernel: "./endless.ts", requestId: "j", points: [4], chunk: [2], output: { plots: false } },
  measured: { meanSeconds: 0.01, mostSeconds: 0.01 },
});
const FROM_HALF_ON = 'if (x < 0.5) return x; console.error("without end"); for (;;);';

test("Ctrl-C ends engine serial in a cell without an end, and what is stored before it stays", async () => {
  const cwd = folderWith({ "endless.ts": pointFile(FROM_HALF_ON) });
  const { child, ended, says } = startCli(["run", "--request", "-", "--engine", "serial"], {
    cwd,
    stdin: REQUEST,
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await says(/without end/);
  // A signal while it still prints could cost it its last words.
  const printing = ticksOf(child.pid!);
  await expect.poll(() => ticksOf(child.pid!)).toBeGreaterThan(printing + 5);
  child.kill("SIGINT");
  const { code, stderr } = await ended;
  expect(stderr).toBe(
    "without end\nInterrupted: 1 of 2 chunks are stored in results/j. This goes on with the others:\n  manyhands resume results/j\n",
  );
  expect(code).toBe(130);
  expect(existsSync(join(cwd, "results/j/array/y/c/0"))).toBe(true);
});
