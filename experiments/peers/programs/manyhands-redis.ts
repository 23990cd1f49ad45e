/**
 * `compute <size>`: the array, by standing workers at a Redis with an append-only file. `noop <count>`: empty chunks of a kernel from a file, a
 * message each. Both begin with a small job, so that the fleet is warm.
 */
import { join } from "node:path";
import type { RemotePhasesMs } from "../../../client/engines/engine.ts";
import { withFleet } from "../../measuring/redis-fleet.ts";

const NOOP = join(import.meta.dirname, "../../measuring/noop.ts");
const SIDE = 10;
const DOWN = 100;
const STARTED_AT_MS = Number(process.env.STARTED_AT_MS);

const [command, number] = process.argv.slice(2);
const isNoop = command === "noop";
const empty = (chunks: number) => ({
  inputs: {
    y: { from: 0, to: 1, count: DOWN * SIDE },
    x: { from: 0, to: 1, count: (chunks / DOWN) * SIDE },
  },
  ...{ chunk: [SIDE, SIDE], chunksPerMessage: 1, output: { plots: false } },
});

await withFleet(async ({ run }) => {
  const job = (count: number) =>
    isNoop ? run(NOOP, empty(count)) : run("mandelbrot", { size: count, output: { plots: false } });
  await job(DOWN);
  const startUpMs = performance.timeOrigin + performance.now() - STARTED_AT_MS;
  const { phasesMs, summary } = await job(Number(number));
  const { split, compute, aggregate, fetch = 0 } = phasesMs as RemotePhasesMs;
  const storedMs = split + compute + aggregate;
  // Empty chunks stay where they are stored, as in the engine local; an array is in hand once it is in its folder.
  console.log(
    JSON.stringify({ startUpMs, computeMs: isNoop ? storedMs : storedMs + fetch, sum: summary.sum }),
  );
});
