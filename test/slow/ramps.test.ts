import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { serial } from "../../client/engines/serial.ts";
import type { AnsweredRequest } from "../../client/local/local-cloud.ts";
import type { DrainRequest } from "../../shared/burst/drain-request.ts";
import type { Ramp } from "../../shared/messages/job-request.ts";
import { getJson, type StoreReader } from "../../shared/ports/store.ts";
import { sameBytes } from "../helpers/arrays.ts";
import { mostAtOnce } from "../helpers/concurrency.ts";
import { misbehavingEngine, runEngine, twentyChunks } from "../helpers/run-engine.ts";

/** Six of eight workers are the splitter's to start. The mapping's two are there from the beginning. */
const WORKERS = { workers: 8 };
const ramp = { acceleration: 1, burstConcurrency: 6 };

/** Forty chunks, so that workers which come up late find some. */
const request = (kernel: string, wanted: Ramp) => twentyChunks(kernel, { chunk: [5, 10], ramp: wanted });
const oracle = async () => (await runEngine(serial, request("mandelbrot", "auto"))).array;
const submission = (store: StoreReader) => getJson(store, "jobs/job/submitted.json");

/** What the stages logged. */
const logIn = (folder: string): Record<string, unknown>[] =>
  readdirSync(join(folder, "logs"))
    .flatMap((name) => readFileSync(join(folder, "logs", name), "utf8").split("\n"))
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));

test("burst has more workers at once than the mapping, and gives the same bytes", async () => {
  const byMapping = await runEngine(misbehavingEngine({ ramp }), request("slow", "mapping"), WORKERS);
  const byBurst = await runEngine(misbehavingEngine({ ramp }), request("slow", "burst"), WORKERS);
  expect(await submission(byMapping.store)).toMatchObject({ ramp: "mapping", drainers: 0 });
  expect(await submission(byBurst.store)).toMatchObject({ ramp: "burst", drainers: 6 });
  expect(await mostAtOnce(byMapping.store, "job")).toBeLessThanOrEqual(2);
  const width = await mostAtOnce(byBurst.store, "job");
  expect(width).toBeGreaterThan(2);
  expect(width).toBeLessThanOrEqual(8);
  const expected = await oracle();
  for (const { array } of [byMapping, byBurst]) expect(sameBytes(array, expected)).toBe(true);
});

test("where every invocation is refused the mapping does it all, and the log says why", async () => {
  const environment = { AWS_ENDPOINT_URL_LAMBDA: "http://127.0.0.1:1" };
  const engine = misbehavingEngine({ ramp, environment });
  const { summary, store, folder } = await runEngine(engine, request("mandelbrot", "burst"), WORKERS);
  expect(summary.state).toBe("complete");
  expect(await submission(store)).toMatchObject({ ramp: "burst", drainers: 0 });
  expect(logIn(folder)).toContainEqual(
    expect.objectContaining({
      message: "started 0 of 6 workers",
      reason: expect.stringContaining("ECONNREFUSED"),
    }),
  );
  expect(
    readdirSync(join(folder, "drainers"), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    ),
  ).toEqual([]);
});

test("where nobody serves invocations burst means mapping, and the log says so", async () => {
  const { summary, store, folder } = await runEngine(misbehavingEngine(), request("mandelbrot", "burst"));
  expect(summary.state).toBe("complete");
  expect(await submission(store)).toMatchObject({ ramp: "mapping", drainers: 0 });
  expect(logIn(folder).map(({ message }) => message)).toContain(
    "burst means mapping here: no workers may be started",
  );
});

test("a drainer whose time is up before the work is done has a successor, and hands nothing over half done", async () => {
  const invoked: unknown[] = [];
  const onAnswered = ({ url, body }: AnsweredRequest) => url.includes("/invocations") && invoked.push(body);
  const engine = misbehavingEngine({
    ramp: { acceleration: 1, burstConcurrency: 1 },
    timeoutMs: 4000,
    onAnswered,
  });
  const { summary, folder } = await runEngine(engine, request("slow", "burst"), { workers: 3 });
  expect(summary).toMatchObject({ state: "complete", failedAttempts: 0, unknownTimes: 0 });
  const group = (invoked[0] as DrainRequest).group;
  expect(invoked.slice(0, 2)).toEqual([
    { kind: "drain", version: 1, jobId: "job", group, generation: 1, isKeeper: true },
    { kind: "drain", version: 1, jobId: "job", group, generation: 2, isKeeper: true },
  ]);
  const drained = logIn(folder).filter(({ message }) => message === "queue drained");
  expect(drained[0]).toMatchObject({ generation: 1, ended: "time", released: 0 });
});
