import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { serial } from "../../client/engines/serial.ts";
import type { Emulator } from "../../client/local/local-cloud.ts";
import { ATTEMPTS } from "../../shared/ports/aws/aws-client.ts";
import { sameBytes } from "../helpers/arrays.ts";
import { misbehavingBundles, misbehavingEngine, runEngine, twentyChunks } from "../helpers/run-engine.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const HOUR_MS = 3_600_000;

const oracle = () => runEngine(serial, twentyChunks("mandelbrot"));

/** The bundles with an emulator that hands itself out: what no stranger may ask of it, a test asks. */
async function withEmulator(use: (emulator: Emulator, queueUrl: string) => void) {
  const bundles = await misbehavingBundles();
  const emulator = join(temporaryFolder(), "emulator.cjs");
  const name = `emulator${Math.random()}`;
  Object.assign(globalThis, { [name]: use });
  writeFileSync(
    emulator,
    `const { makeEmulator } = require(${JSON.stringify(bundles.emulator)});
     exports.makeEmulator = async (options) => {
       const emulator = await makeEmulator(options);
       globalThis[${JSON.stringify(name)}](emulator, options.queues.chunks.url);
       return emulator;
     };`,
  );
  return { ...bundles, emulator };
}

test("messages that somebody purged are issued again while the job runs", async () => {
  let purge = () => {};
  const bundles = () =>
    withEmulator((emulator, QueueUrl) => {
      purge = () => void emulator.sqs("PurgeQueue", { QueueUrl });
    });
  const running = misbehavingEngine({
    bundles,
    onAnswered: ({ url, method }) => {
      // At the first chunk that is stored.
      if (method === "PUT" && url.includes("/array/escape_time/c/")) purge();
      if (method === "PUT" && url.includes("/array/escape_time/c/")) purge = () => {};
    },
  });
  const { summary, array } = await runEngine(running, twentyChunks("mandelbrot"), { workers: 1 });
  expect(summary).toMatchObject({ state: "complete", chunks: { done: 20, failed: 0 } });
  expect(summary.reissued.chunks).toBeGreaterThan(0);
  expect(sameBytes(array, (await oracle()).array)).toBe(true);
});

test("a message that is put off while the clock is set back by an hour is not waited for", async () => {
  const now = Date.now;
  let stepMs = 0;
  const clock = vi.spyOn(Date, "now").mockImplementation(() => now() + stepMs);
  try {
    // The store refuses one chunk as often as the worker asks, so its message is handed back for a second. Then the
    // emulator's clock, which is this process's, goes back.
    let refusals = ATTEMPTS;
    const bundles = () =>
      withEmulator((emulator) => {
        const { routing } = emulator;
        emulator.routing = (request, response) => {
          if (request.method !== "PUT" || !request.url?.endsWith("/c/0/0") || refusals-- <= 0)
            return routing(request, response);
          request.resume().once("end", () => response.writeHead(503).end());
        };
      });
    const running = misbehavingEngine({
      bundles,
      retryAfterSeconds: 1,
      onAnswered: ({ headers, status }) => {
        if (status === 200 && headers["x-amz-target"] === "AmazonSQS.ChangeMessageVisibility")
          stepMs = -HOUR_MS;
      },
    });
    const { summary, array } = await runEngine(running, twentyChunks("mandelbrot"));
    expect(stepMs).toBe(-HOUR_MS);
    expect(summary).toMatchObject({ state: "complete", failedAttempts: 1, reissued: { chunks: 1 } });
    expect(sameBytes(array, (await oracle()).array)).toBe(true);
  } finally {
    clock.mockRestore();
  }
});
