import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { split } from "../../functions/splitter/split.ts";
import { kernels } from "../../client/kernels/loader.ts";
import { openSqs, type SqsHub } from "../../shared/ports/aws/sqs-hub.ts";
import { sqsPlace } from "../../shared/ports/aws/sqs-place.ts";
import { systemClock } from "../../shared/ports/clock.ts";
import { isEmpty } from "../../shared/ports/queue.ts";
import { readSummary } from "../../shared/record/summary.ts";
import { startCli } from "../helpers/cli.ts";
import { lacking, type Servers, startServers } from "../no-aws/servers.ts";

const PATIENCE = { timeout: 120_000, interval: 50 };
const SUM = 51214485;
let servers: Servers;

/** Queues of a test's own, and the bucket that all share. */
async function hubAt(prefix: string) {
  const queue = `${servers.queue}/${prefix}`;
  const hub = await openSqs(sqsPlace(queue), { bucket: "jobs", environment: servers.env });
  onTestFinished(() => hub.close());
  const ports = { ...hub, clock: systemClock, kernels, checkAfterSeconds: 0 };
  return { hub, queue, submit: (jobId: string, request: object) => split(request as never, jobId, ports) };
}

function startWorker(queue: string, ...args: string[]): ReturnType<typeof startCli> {
  const all = ["worker", "--queue", queue, "--store", "s3://jobs", ...args];
  const started = startCli(all, { env: servers.env });
  onTestFinished(() => void started.child.kill("SIGKILL"));
  return started;
}

const summaryOf = (hub: SqsHub, jobId: string) =>
  vi.waitUntil(() => readSummary(hub.store, jobId), PATIENCE);
const end = (child: ChildProcess) => child.kill("SIGTERM");

describe.skipIf(lacking)(`without AWS${lacking ? ` (${lacking})` : ""}`, () => {
  beforeAll(async () => {
    servers = await startServers("jobs");
  });
  afterAll(() => servers?.stop());

  test("two standing workers compute the default job, and aggregate it", async () => {
    const { hub, queue, submit } = await hubAt("two");
    const workers = [startWorker(queue, "--workers", "1"), startWorker(queue, "--workers", "1")];
    await submit("first", { kernel: "mandelbrot" });
    const summary = await summaryOf(hub, "first");
    expect(summary).toMatchObject({ state: "complete", sum: SUM });
    expect(existsSync(join(servers.folder, "jobs/jobs/first/heatmap.png"))).toBe(true);
    for (const { child } of workers) end(child);
    for (const { ended } of workers) expect((await ended).code).toBe(0);
    for (const each of [hub.chunks, hub.deadChunks, hub.deadResults]) expect(isEmpty(await each.depth())).toBe(true);
  });
});
