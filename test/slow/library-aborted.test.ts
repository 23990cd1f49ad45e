/** What an abort leaves, in a process that goes on. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { InterruptedError, open, run } from "../../api/index.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const SIZE = { size: 100, chunk: [20, 20], chunksPerMessage: 1, plots: false } as const;
const SUM = 509_274;

test.each(["serial", "threads"] as const)(
  "a job on engine %s that is aborted says so, writes no more, and goes on when it is opened",
  async (engine) => {
    const out = join(temporaryFolder(), "job");
    const controller = new AbortController();
    const job = run("mandelbrot", {}, { ...SIZE, engine, out, signal: controller.signal });
    for await (const { done } of job) {
      if (done === 0) continue;
      controller.abort(new Error("enough"));
      break;
    }
    const error = await job.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InterruptedError);
    expect(error).toMatchObject({ name: "AbortError", code: "ABORT_ERR", cause: new Error("enough") });
    const left = readdirSync(out, { recursive: true });
    const old = await open(pathToFileURL(out));
    expect(await old.status()).toMatchObject({ state: "unfinished" });
    expect(readdirSync(out, { recursive: true })).toEqual(left);
    const { summary, array } = await old.resume({ engine: "serial" });
    expect({ state: summary.state, round: summary.round, sum: summary.sum }).toEqual({
      ...{ state: "complete", round: 1, sum: SUM },
    });
    expect([...(await array.toTypedArray())].reduce((sum, each) => sum + each, 0)).toBe(SUM);
    expect(await old.verify({ chunks: "all" })).toMatchObject({ isEqual: true, chunks: { compared: 9 } });
  },
);
