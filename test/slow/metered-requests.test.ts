/** Twenty jobs on engine local, and two with a limit: what their slots asked for is what the plan's formulas say, to the last request. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Progress } from "../../api/progress.ts";
import { mountsOf } from "../../client/engines/engine.ts";
import { localEngine } from "../../client/engines/local.ts";
import { kernelMeant } from "../../client/kernels/meant-kernel.ts";
import type { Meter } from "../../client/local/meter.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import { billedRequests } from "../../shared/plan/bill.ts";
import { planRound } from "../../shared/plan/plan.ts";
import { spentFor, type Timing } from "../../shared/plan/requests.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { getJson, type Store } from "../../shared/ports/store.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { takenParts } from "../../shared/record/limit.ts";
import { encodeShard, itemsKey } from "../../shared/record/shards.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples");
/** A kernel with several values, and a task. */
const EPIDEMIC = "kernels/epidemic.ts";
const WORDS = "map/words.ts";
const grid = (...counts: number[]) => ({ axes: counts.map((count) => ({ from: -1, to: 1, count })) });

interface Asked extends JobRequest {
  readonly workers?: number;
}
const JOBS: readonly Asked[] = [
  { kernel: "mandelbrot" },
  { kernel: "mandelbrot", size: 100 },
  { kernel: "mandelbrot", output: { plots: false } },
  { kernel: "mandelbrot", output: { npy: true } },
  { kernel: "mandelbrot", output: { plots: false, npy: true }, workers: 1 },
  { kernel: "mandelbrot", points: [300, 200], chunk: [30, 20], workers: 3 },
  { kernel: "mandelbrot", points: [300, 200], chunk: [30, 20], chunksPerMessage: 1, workers: 3 },
  { kernel: "mandelbrot", points: [300, 200], chunk: [30, 20], chunksPerMessage: 50 },
  { kernel: "mandelbrot", points: [1000, 1100], chunk: [10, 1100], chunksPerMessage: 7 },
  { kernel: "mandelbrot", grid: grid(500), chunk: [7] },
  { kernel: "mandelbrot", grid: grid(600, 600), dtype: "uint32", chunk: [150, 150], chunksPerMessage: 3 },
  { kernel: "mandelbrot", grid: grid(600, 600), dtype: "uint32", chunk: [200, 200], chunksPerMessage: 1 },
  { kernel: "julia", size: 300 },
  { kernel: "julia", points: [64, 64], chunk: [8, 8], output: { plots: false }, workers: 4 },
  { kernel: "julia", points: [1, 1] },
  { kernel: "double-pendulum", points: [40, 40] },
  { kernel: "double-pendulum", points: [60, 60], chunk: [5, 60], output: { npy: true }, workers: 3 },
  { kernel: EPIDEMIC, points: [12, 9] },
  { kernel: EPIDEMIC, points: [12, 9], chunk: [4, 3], output: { npy: true }, workers: 3 },
  { kernel: WORDS, items: { count: 20, perShard: 3, seconds: 1, concurrency: 1, sha256: "0".repeat(64) } },
  { kernel: "mandelbrot", maxUsd: 0.05 },
  {
    kernel: "double-pendulum",
    points: [90, 90],
    chunk: [10, 10],
    chunksPerMessage: 1,
    maxUsd: 0.02,
    workers: 3,
  },
];

/** Runs it and gives what its stages asked for, beside the formulas with what depended on the moment, as the requests show it. */
async function metered({ workers = 2, kernel: named, ...more }: Asked) {
  const { kernel, file } = await kernelMeant(named.endsWith(".ts") ? join(EXAMPLES, named) : named);
  const request = { ...more, kernel: kernel.name, ...(file !== undefined && { hash: kernel.hash, file }) };
  let made: Meter["stages"] | undefined;
  const byWorkers: string[] = [];
  const spent = { splitter: nothing(), worker: nothing(), aggregator: nothing() };
  const engine = localEngine({
    onAnswered: ({ method, url, headers }) => {
      if (headers.authorization?.includes("Credential=worker/")) byWorkers.push(`${method} ${url}`);
      const [, stage] = /Credential=(splitter|worker|aggregator)\//.exec(headers.authorization ?? "") ?? [];
      if (stage && /(?:\/|%2F)spend(?:\/|%2F)/.test(url ?? ""))
        spent[stage as keyof typeof spent][
          method === "PUT" ? "put" : url?.includes("list-type") ? "list" : "get"
        ]++;
    },
    onMetered: (stages) => {
      made = structuredClone(stages);
    },
  });
  const folder = temporaryFolder();
  const watch = { progress: new Progress(1e6, 1), signal: new AbortController().signal };
  const prepare = (store: Pick<Store, "putIfAbsent">) => storeItems(store, request);
  const { summary } = await engine({ jobId: "job", request, folder, workers, ...watch, prepare });
  expect(summary.state).toBe("complete");
  const got = (part: string) =>
    byWorkers.filter((each) => each.startsWith("GET") && each.includes(part)).length;
  const { worker, aggregator } = made!;
  const { receive, delete: deleted } = aggregator.requests;
  const timing: Timing = {
    mapped: worker.requests.invocations,
    environments: got("/job.json"),
    cancelLooks: got("/control/"),
    receives: worker.requests.receive,
    batches: readdirSync(join(folder, "reports")).length,
    deliveries: { receive, delete: deleted },
    checks: 0,
    spent,
  };
  const job = (await getJson(new FileStore(mountsOf("job", folder)), "jobs/job/job.json")) as StoredJob;
  const { figures } = planRound(job, kernel, { cap: { burst: 0, mapping: workers }, timing });
  expect([worker.requests.invocations, aggregator.requests.invocations]).toEqual([
    ...[figures.messages, timing.batches],
  ]);
  if (more.maxUsd === undefined) expect(Object.values(spent)).toEqual([nothing(), nothing(), nothing()]);
  else {
    const store = new FileStore(mountsOf("job", folder));
    const taken =
      (await takenParts(store, "job", "seat")).size + (await takenParts(store, "job", "coin")).size;
    const { splitter, worker: ofWorkers, aggregator: ofAggregator } = spentFor(taken, timing.environments);
    expect(spent.splitter).toEqual({ ...nothing(), ...splitter });
    // What aggregators took is counted as workers'. A seat or coin that another has already is asked for once more.
    expect(spent.worker.put + spent.aggregator.put - ofAggregator.put!).toBeGreaterThanOrEqual(
      ofWorkers.put!,
    );
    expect(spent.worker.put + spent.aggregator.put).toBeLessThan(2 * taken);
    expect(spent.worker.get).toBeGreaterThanOrEqual(timing.environments);
  }
  return { made: made!, formulas: figures.requests, cost: summary.cost! };
}

const nothing = () => ({ put: 0, get: 0, list: 0 });

async function storeItems(
  store: Pick<Store, "putIfAbsent">,
  { items }: Omit<Asked, "kernel">,
): Promise<void> {
  if (!items) return;
  for (let first = 0; first < items.count; first += items.perShard) {
    const lines = Array.from(
      { length: Math.min(items.perShard, items.count - first) },
      () => '{"id":"a","text":"a few words"}',
    );
    const shard = { lines, given: lines.length, failed: 0, unfinished: 0, round: 0 };
    await store.putIfAbsent(itemsKey("job", first / items.perShard), encodeShard(shard));
  }
}

test.for(JOBS)("%j", async (asked) => {
  const { made, formulas, cost } = await metered(asked);
  for (const stage of ["splitter", "worker", "aggregator"] as const) {
    const { requests, largeUnits, postponed } = made[stage];
    expect(requests, stage).toEqual(formulas[stage]);
    expect(cost.byStage[stage].requests, stage).toEqual(
      billedRequests(formulas[stage], largeUnits + postponed),
    );
    expect(cost.byStage[stage].gbSeconds, stage).toBeGreaterThan(0);
  }
  expect(cost).toMatchObject({
    basis: "metered",
    region: "us-east-1",
    memoryMb: 1769,
    architecture: "arm64",
  });
});
