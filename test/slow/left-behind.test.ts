import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { MAIN } from "../helpers/cli.ts";
import { computingRun, expectNothingLeft } from "../helpers/computing-run.ts";

const HAND_OVER = join(import.meta.dirname, "../../cli/hand-over.js");
/** As an old version of Node does. */
const handingOver = [
  ...[process.execPath, "--input-type=module", "--eval"],
  `(await import(${JSON.stringify(HAND_OVER)})).handOver(process.execPath, process.argv.slice(1))`,
  ...["--", MAIN, "run"],
];

describe.runIf(process.platform === "linux")("soon after a run that computes", () => {
  test("was killed, nothing of it is left", async () => {
    const run = await computingRun();
    expect(run.pids.length).toBeGreaterThanOrEqual(5);
    run.child.kill("SIGKILL");
    await expectNothingLeft(run);
  });

  test("has lost its terminal, nothing is left, and it says how it goes on", async () => {
    const run = await computingRun();
    run.child.kill("SIGHUP");
    await expectNothingLeft(run);
    expect(await run.ended).toMatchObject({
      code: 130,
      stderr: expect.stringContaining("manyhands resume "),
    });
  });

  test("was handed over to another Node and the first one was killed, nothing is left", async () => {
    const run = await computingRun(handingOver);
    run.child.kill("SIGKILL");
    await expectNothingLeft(run);
  });
});
