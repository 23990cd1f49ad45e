import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { jobKeys } from "../../shared/ports/keys.ts";
import { getJson } from "../../shared/ports/store.ts";
import { attacks, knock } from "../faults/strangers.ts";
import { sameBytes, wholeArray } from "../helpers/arrays.ts";
import { misbehavingEngine, runEngine } from "../helpers/run-engine.ts";

/** Six chunks of 0.3 s on two workers. */
const SLOW = {
  kernel: "slow",
  grid: {
    axes: [
      { from: 1.3, to: -1.3, count: 20 },
      { from: -2.13, to: 0.77, count: 30 },
    ],
  },
  chunk: [10, 10],
  chunksPerMessage: 1,
};

test("a run that strangers and web pages work on refuses them, and ends as if nobody had", async () => {
  let attacked: Promise<(readonly [name: string, status: number])[]> | undefined;
  const engine = misbehavingEngine({
    // From its first stored chunk on there is everything that one could want to change.
    onAnswered: ({ method, url, headers }) => {
      if (method === "PUT" && url.includes("/array/escape_time/c/"))
        attacked ??= attack(`http://${headers.host}`);
    },
  });
  const { summary, store, folder, array } = await runEngine(engine, SLOW);
  const answers = (await attacked) ?? [];
  expect(answers.length).toBeGreaterThan(20);
  expect(answers.filter(([, status]) => status !== 403)).toEqual([]);
  expect(summary).toMatchObject({ state: "complete", chunks: { total: 6 } });
  const job = (await getJson(store, jobKeys("job").job)) as Parameters<typeof wholeArray>[0];
  expect(sameBytes(array, wholeArray({ spec: { ...job.spec, kernel: "mandelbrot" } }))).toBe(true);
  expect(existsSync(join(folder, "x"))).toBe(false);
});

async function attack(endpoint: string) {
  const answers: (readonly [string, number])[] = [];
  for (const [name, one] of attacks(endpoint, "job"))
    answers.push([name, (await knock(endpoint, one)).status] as const);
  return answers;
}
