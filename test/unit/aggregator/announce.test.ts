import { expect, test } from "vitest";
import { aggregate } from "../../../functions/aggregator/aggregate.ts";
import type { AggregatePorts } from "../../../functions/aggregator/ports.ts";
import { parseResultMessage, type ReportMessage } from "../../../shared/messages/chunk-report.ts";
import { jobKeys } from "../../../shared/ports/keys.ts";
import { cancelJob } from "../../../shared/record/control.ts";
import { idleCheck, JOB_OF_4_CHUNKS, Stages } from "../../helpers/stages.ts";

type Announced = Parameters<NonNullable<AggregatePorts["announce"]>>[0];

/** Stages whose aggregator announces: the four reports of a job, and what was told so far. */
async function announcing() {
  const told: Announced[] = [];
  const stages = new (class extends Stages {
    refusals = 0;
    override get ports() {
      const announce = async (ended: Announced) => {
        // The receiver may read it at once.
        expect(this.store.json(ended.summaryKey)).toMatchObject({ state: ended.state });
        if (this.refusals-- > 0) throw new Error("the bus is away");
        told.push(ended);
      };
      return { ...super.ports, announce };
    }
  })();
  await stages.split(JOB_OF_4_CHUNKS);
  for (const body of stages.chunks.take()) await stages.work(body);
  const reports = stages.results.take().map((body) => parseResultMessage(body) as ReportMessage);
  return { stages, told, reports, arrive: (...some: ReportMessage[]) => aggregate("j", some, stages.ports) };
}

test("a job's end is told once, with what a receiver needs to find the job, however many reports follow", async () => {
  const { told, reports, arrive } = await announcing();
  await arrive(...reports.slice(0, 3));
  expect(told).toEqual([]);
  await arrive(reports[3]!);
  await arrive(reports[0]!);
  expect(told).toEqual([
    {
      ...{ version: 1, jobId: "j", state: "complete", tolerated: false, round: 0, kernel: "mandelbrot" },
      summaryKey: jobKeys("j").summary,
      chunks: { total: 4, done: 4, failed: 0 },
      submittedAtMs: expect.any(Number),
      makespanMs: expect.any(Number),
    },
  ]);
});

test("an end that the bus did not take is told when the report comes again, though the job was finished before", async () => {
  const { stages, told, reports, arrive } = await announcing();
  stages.refusals = 1;
  await expect(arrive(...reports)).rejects.toThrow("the bus is away");
  expect(stages.store.json(jobKeys("j").summary).state).toBe("complete");
  expect(await arrive(...reports)).toBeUndefined();
  expect(told.map(({ state }) => state)).toEqual(["complete"]);
});

test("or when the job is checked, where no report is left", async () => {
  const { stages, told, reports, arrive } = await announcing();
  stages.refusals = 1;
  await expect(arrive(...reports)).rejects.toThrow("the bus is away");
  await stages.aggregate(idleCheck("j"));
  expect(told).toHaveLength(1);
});

test("a cancelled job that all reports reach after all has ended twice, in two states", async () => {
  const { stages, told, reports, arrive } = await announcing();
  await cancelJob(stages.store, "j", 0);
  await arrive(...reports.slice(0, 3));
  await arrive(reports[3]!);
  expect(told.map(({ state, chunks: { done } }) => [state, done])).toEqual([
    ["cancelled", 3],
    ["complete", 4],
  ]);
});

test("where there is no bus, nothing is kept of it", async () => {
  const stages = new Stages();
  await stages.split(JOB_OF_4_CHUNKS);
  await stages.workOff();
  expect(stages.store.puts.filter((key) => key.includes("announced"))).toEqual([]);
});
