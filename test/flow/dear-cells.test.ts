import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "../helpers/cli.ts";
import { folderWith, pointFile } from "../helpers/kernel-file.ts";

/** What the request says that a cell was seen to take: no clock is asked. */
const asked = (seconds: number, more: object = {}) =>
  JSON.stringify({
    ...{ kernel: "./dear.ts", requestId: "j", points: [100, 100], ...more },
    measured: { meanSeconds: seconds, mostSeconds: seconds },
  });
const DEAR = pointFile("return x;").replace("inputs: {", "inputs: { z: { from: 0, to: 1 },");

test.each([
  [0.06, 100],
  [5, 10_000],
])(
  "ten thousand cells of %d s are cut into %d chunks, each of which is computed in seconds",
  async (seconds, chunks) => {
    const { stdout } = await runCli(["check", "--request", "-", "--json"], {
      cwd: folderWith({ "dear.ts": DEAR }),
      stdin: asked(seconds),
    });
    const { cut } = JSON.parse(stdout);
    expect(cut).toMatchObject({ chunks, messages: chunks, seconds: expect.closeTo(10_000 * seconds, 6) });
    expect(cut.chunkShape.reduce((product: number, side: number) => product * side, seconds)).toBeLessThan(
      10,
    );
  },
);

test("a chunk of them that no worker computes in its time is refused before the start, with one that fits", async () => {
  const cwd = folderWith({ "dear.ts": DEAR });
  const { code, stderr } = await runCli(["run", "--request", "-", "--engine", "local", "--quiet"], {
    ...{ cwd, stdin: asked(0.3, { chunk: [100, 100] }) },
  });
  expect(stderr).toMatch(
    /^Expected chunk to be small enough to be computed within the worker's timeout of 900 s, got 100 x 100, estimated at \d+ to \d+ s each\. Give smaller chunks: --chunk \d+x\d+, say\.\n$/,
  );
  expect(code).toBe(2);
  expect(existsSync(join(cwd, "results/j"))).toBe(false);
});

test("one that may take too long there is told before the start, where no worker's time ends too", async () => {
  const cwd = folderWith({ "dear.ts": DEAR });
  const { code, stderr } = await runCli(["run", "--request", "-", "--engine", "serial"], {
    ...{ cwd, stdin: asked(0.1, { chunk: [100, 100], output: { plots: false } }) },
  });
  expect(stderr).toMatch(
    /^Its cells take about 17 min of one core like this machine's; --points makes them fewer\.\nA chunk of 100x100 takes about 1000 s on this machine, .*timeout.*: give smaller chunks, --chunk \d+x\d+, or leave --chunk out\.\n$/,
  );
  expect(code).toBe(0);
});
