import { expect, test } from "vitest";
import { serial } from "../../client/engines/serial.ts";
import { sameBytes } from "../helpers/arrays.ts";
import { misbehavingEngine, runEngine, twentyChunks } from "../helpers/run-engine.ts";

const request = (kernel: string) => twentyChunks(kernel, { ramp: "burst" });

test("a drainer that is killed in mid-message loses nothing, and the mapping takes what it had", async () => {
  const engine = misbehavingEngine({ ramp: { acceleration: 1, burstConcurrency: 7 }, timeoutMs: 1500 });
  // The first message goes to a drainer or to the mapping's one worker; either way it is delivered again.
  const { summary, array } = await runEngine(engine, request("dies-once"), { workers: 8 });
  expect(summary).toMatchObject({ state: "complete", chunks: { done: 20, failed: 0 } });
  expect(sameBytes(array, (await runEngine(serial, request("mandelbrot"))).array)).toBe(true);
});
