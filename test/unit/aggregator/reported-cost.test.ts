import { expect, test } from "vitest";
import { aggregate } from "../../../functions/aggregator/aggregate.ts";
import { Invocations } from "../../../functions/aggregator/invocations.ts";
import { parseResultMessage, type ReportMessage } from "../../../shared/messages/chunk-report.ts";
import { billedRequests } from "../../../shared/plan/bill.ts";
import { pricesOf } from "../../../shared/plan/prices.ts";
import { jsonBytes } from "../../../shared/ports/store.ts";
import type { Summary } from "../../../shared/record/summary.ts";
import { CountedStages } from "../../helpers/counted-stages.ts";
import { JOB_OF_25_CHUNKS } from "../../helpers/stages.ts";

const BILLING = { architecture: "arm64", memoryMb: 1024, prices: pricesOf("eu-west-1") } as const;

/** The report with an invocation that took that long, on a function of 512 MB. */
function billed(body: string, elapsedMs: number): ReportMessage {
  const report = parseResultMessage(body) as ReportMessage;
  return { ...report, worker: { ...report.worker, elapsedMs, memoryMb: 512 } };
}

/** The reports of 25 messages, one environment's, of which the first has taken 12 ms to start. */
async function workedOff() {
  const stages = new CountedStages();
  await stages.split(JOB_OF_25_CHUNKS);
  stages.results.sent.length = 0; // the check
  for (const body of stages.chunks.take()) await stages.work(body);
  return { stages, bodies: stages.results.take(), asked: { ...stages.made.worker } };
}

async function summaryOf(
  { ports }: CountedStages,
  reports: readonly ReportMessage[],
  billing: typeof BILLING | undefined,
): Promise<Summary> {
  const finished = await aggregate("j", reports, { ...ports, billing });
  return finished!.summary;
}

test("where functions are billed a job's summary has its cost, by what its workers say", async () => {
  const { stages, bodies, asked } = await workedOff();
  const reports = bodies.map((body) => billed(body, 99.2));
  const { cost } = await summaryOf(stages, reports, BILLING);
  expect(cost).toMatchObject({
    ...{ basis: "reported", region: "eu-west-1", architecture: "arm64", memoryMb: 512 },
    byStage: { splitter: { basis: "predicted" }, worker: { basis: "reported" } },
  });
  // Half a GB: 24 of 100 ms, and one with its start. The workers' cold start is in the first one's ms.
  expect(cost?.byStage.worker.gbSeconds).toBeCloseTo(0.5 * (2.4 + 0.112), 9);
  // One environment reads job.json once, and in 2.5 s it asks four times whether the job is cancelled; here it did both each time.
  expect(cost?.byStage.worker.requests).toEqual(billedRequests({ ...asked, get: asked.get - 24 - 21 }));
  expect(cost?.usd).toBeGreaterThan(25 * 5e-6);
});

test("where nothing is billed there is no cost, and what an earlier run cost stays", async () => {
  const { stages, bodies } = await workedOff();
  const reports = bodies.map((body) => billed(body, 100));
  const earlier = await summaryOf(stages, reports, BILLING);
  const here = (await workedOff()).stages;
  expect(await summaryOf(here, reports, undefined)).not.toHaveProperty("cost");
  const resumed = (await workedOff()).stages;
  const incomplete = { ...earlier, state: "incomplete", chunks: { total: 25, done: 24, failed: 1 } };
  await resumed.store.put("jobs/j/summary.json", jsonBytes(incomplete));
  expect((await summaryOf(resumed, reports, undefined)).cost).toEqual(earlier.cost);
});

const report = (more: object, chunks: object[] = []) =>
  ({
    kind: "report",
    chunks,
    failures: [],
    worker: { logStream: "s", coldStart: "initMs" in more, initMs: null, ...more },
  }) as unknown as ReportMessage;

test("of an invocation the last report counts, and the start of its environment once", () => {
  const invocations = new Invocations();
  invocations.add(report({ requestId: "a", elapsedMs: 100, initMs: 30.5 }), 0);
  invocations.add(report({ requestId: "a", elapsedMs: 250, initMs: 30.5 }), 0);
  invocations.add(report({ requestId: "b", elapsedMs: 10 }), 1);
  const { count, reports, billedMs, environments } = invocations;
  expect({ count, reports, billedMs, environments }).toEqual({
    ...{ count: 2, reports: 3, billedMs: 281 + 10, environments: 1 },
  });
});

test("what the aggregator says for a lost worker is no invocation, and a former version's is timed by its chunks", () => {
  const invocations = new Invocations();
  invocations.add(report({ requestId: "", elapsedMs: 7 }), 0);
  const times = [1000, 1400].map((startedAtMs) => ({ tile: null, times: { startedAtMs, durationMs: 300 } }));
  invocations.add(report({ requestId: "a" }, times), 1);
  expect([invocations.count, invocations.billedMs]).toEqual([1, 700]);
});

test("a report is as many requests as it has times 64 KiB", () => {
  const invocations = new Invocations();
  const tiles = [60_000, 60_000].map((length) => ({ tile: "x".repeat(length), times: null }));
  invocations.add(report({ requestId: "a" }, tiles), 0);
  expect(invocations.largeUnits).toBe(1);
});
