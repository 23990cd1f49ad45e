import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { serial } from "../../cli/engines/serial.ts";
import type { AnsweredRequest } from "../../cli/local/emulator.ts";
import type { JobRequest } from "../../shared/job.ts";
import { getJson } from "../../shared/stores/store.ts";
import { sameBytes } from "../helpers/arrays.ts";
import { misbehavingEngine, runEngine } from "../helpers/run-engine.ts";

const WORKERS = 8;
/** Six of eight workers are the splitter's to start. The mapping's two are there from the beginning. */
const ramp = { acceleration: 1, burstConcurrency: 6 };

const request = (kernel: string, wanted: JobRequest["ramp"]): JobRequest => ({
  kernel,
  grid: {
    axes: [
      { from: 1.3, to: -1.3, count: 50 },
      { from: -2.13, to: 0.77, count: 80 },
    ],
  },
  chunk: [10, 10],
  chunksPerMessage: 1,
  ...(wanted && { ramp: wanted }),
  output: { plots: false },
});
const CHUNKS = 40;
const oracle = () => runEngine(serial, request("mandelbrot", "auto"));

/** The most workers that were at a chunk at the same time, by the reports' own times. */
async function widest(store: Parameters<typeof getJson>[0], folder: string): Promise<number> {
  const edges: [at: number, change: 1 | -1][] = [];
  for (const name of readdirSync(join(folder, "reports"))) {
    const { reports } = (await getJson(store, `jobs/job/reports/${name}`)) as {
      reports: { chunks: { times: { startedAtMs: number; durationMs: number } | null }[] }[];
    };
    for (const { times } of reports.flatMap(({ chunks }) => chunks)) {
      if (times) edges.push([times.startedAtMs, 1], [times.startedAtMs + times.durationMs, -1]);
    }
  }
  let now = 0;
  return Math.max(
    ...edges.sort(([a, up], [b, down]) => a - b || up - down).map(([, change]) => (now += change)),
  );
}

const logOf = (folder: string) =>
  readdirSync(join(folder, "logs"))
    .flatMap((name) => readFileSync(join(folder, "logs", name), "utf8").split("\n"))
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));

test("burst has more workers at once than the mapping, and gives the same bytes", async () => {
  const [byMapping, byBurst] = [
    await runEngine(misbehavingEngine({ ramp }), request("slow", "mapping"), { workers: WORKERS }),
    await runEngine(misbehavingEngine({ ramp }), request("slow", "burst"), { workers: WORKERS }),
  ];
  expect(await widest(byMapping.store, byMapping.folder)).toBeLessThanOrEqual(2);
  const width = await widest(byBurst.store, byBurst.folder);
  expect(width).toBeGreaterThan(2);
  expect(width).toBeLessThanOrEqual(WORKERS);
  const { array } = await oracle();
  for (const run of [byMapping, byBurst]) expect(sameBytes(run.array, array)).toBe(true);
  expect(await getJson(byMapping.store, "jobs/job/submitted.json")).toMatchObject({
    ramp: "mapping",
    drainers: 0,
  });
  expect(await getJson(byBurst.store, "jobs/job/submitted.json")).toMatchObject({
    ramp: "burst",
    drainers: 6,
  });
});
