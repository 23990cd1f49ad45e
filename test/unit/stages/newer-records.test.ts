import { expect, test } from "vitest";
import { handBack } from "../../../shared/ports/delivery.ts";
import type { Inbox } from "../../../shared/ports/queue.ts";
import { NewerVersionError } from "../../../shared/validation/errors.ts";
import { idleCheck, JOB_OF_25_CHUNKS, Stages } from "../../helpers/stages.ts";

const NEWER = Buffer.from('{ "version": 3, "all": "new" }');

async function completed() {
  const stages = new Stages();
  await stages.split(JOB_OF_25_CHUNKS);
  const bodies = stages.chunks.take();
  for (const body of bodies) await stages.work(body);
  const reports = stages.results.take();
  for (const report of reports) await stages.aggregate(report);
  return { stages, objects: stages.store.objects, reports, bodies };
}

test.each(["job.json", "summary.json"])(
  "the aggregator leaves a %s of a newer version as it is, and tries again later",
  async (name) => {
    const { stages, objects, reports, bodies } = await completed();
    const key = `jobs/j/${name}`;
    objects.set(key, NEWER);
    for (const message of [reports[0] ?? "", idleCheck("j")])
      await expect(stages.aggregate(message)).rejects.toThrow(NewerVersionError);
    await expect(stages.bury(bodies[0] ?? "")).rejects.toThrow(NewerVersionError);
    await expect(stages.split({ kind: "resume", jobId: "j" })).rejects.toThrow(NewerVersionError);
    expect(objects.get(key)).toBe(NEWER);
  },
);

test("nor is anything made up for what a newer segment tells", async () => {
  const { stages, objects, reports } = await completed();
  const [key = ""] = [...objects.keys()].filter((name) => name.startsWith("jobs/j/reports/"));
  const { createHash } = await import("node:crypto");
  const hash = createHash("sha256").update(NEWER).digest("hex").slice(0, 24);
  objects.delete(key);
  objects.set(`jobs/j/reports/1-${hash}.json`, NEWER);
  objects.delete("jobs/j/summary.json");
  await expect(stages.aggregate(reports[1] ?? "")).rejects.toThrow(NewerVersionError);
  await expect(stages.aggregate(idleCheck("j"))).rejects.toThrow(NewerVersionError);
  await expect(stages.split({ kind: "resume", jobId: "j" })).rejects.toThrow(NewerVersionError);
  expect(objects.has("jobs/j/summary.json")).toBe(false);
  expect(stages.chunks.sent).toEqual([]);
});

test("the same request with unknown fields in its stored job is the same job, and they stay", async () => {
  const stages = new Stages();
  await stages.split(JOB_OF_25_CHUNKS);
  const job = stages.store.json("jobs/j/job.json");
  const more = { ...job, later: 1, spec: { ...job.spec, later: 2 }, output: { ...job.output, later: 3 } };
  stages.store.objects.set("jobs/j/job.json", Buffer.from(JSON.stringify(more)));
  stages.store.objects.delete("jobs/j/submitted.json");
  expect(await stages.split(JOB_OF_25_CHUNKS)).toMatchObject({ chunks: 25, messages: 25 });
  expect(stages.store.json("jobs/j/job.json")).toEqual(more);
  expect(stages.chunks.sent.at(-1)?.body).not.toContain("later");
});

test("unknown fields of a report are kept for a newer aggregator", async () => {
  const stages = new Stages();
  await stages.split(JOB_OF_25_CHUNKS);
  await stages.work(stages.chunks.take()[0] ?? "");
  const report = JSON.parse(stages.results.take()[0] ?? "");
  const [chunk] = report.chunks;
  const more = { ...report, later: 1, chunks: [{ ...chunk, later: 2 }] };
  await stages.aggregate(JSON.stringify(more));
  const [key = ""] = [...stages.store.objects.keys()].filter((name) => name.startsWith("jobs/j/reports/"));
  expect(stages.store.json(key).reports[0]).toMatchObject({
    later: 1,
    chunks: [{ chunk: chunk.chunk, later: 2 }],
  });
});

test("but not one so deep that it could not be written: the report counts without it", async () => {
  const stages = new Stages();
  await stages.split(JOB_OF_25_CHUNKS);
  await stages.work(stages.chunks.take()[0] ?? "");
  const [report = ""] = stages.results.take();
  for (const depth of [9, 100_000]) {
    const deep = "[".repeat(depth) + "]".repeat(depth);
    const from = stages.store.puts.length;
    await stages.aggregate(report.replace('"chunks":', `"later":1,"deep":${deep},"chunks":`));
    const [stored] = stages.store.json(stages.store.puts[from] ?? "").reports;
    expect(stored).toMatchObject({ kind: "report", later: 1 });
    expect(stored).not.toHaveProperty("deep");
  }
});

test.each([1, 2, 3, 4])(
  "delivery %d of a newer message hides it for as long as a deployment takes",
  async (delivery) => {
    const hidden: number[] = [];
    const inbox: Pick<Inbox, "postpone"> = { postpone: async (_, ms) => void hidden.push(ms / 1000) };
    const message = { id: "m", handle: "h", body: "", queue: "", receiveCount: delivery };
    const reason = new NewerVersionError("chunk message", { version: 3, known: 2 });
    await handBack(message, inbox, 2, reason);
    expect(hidden[0]).toBeGreaterThanOrEqual(60);
    expect(hidden[0]).toBeLessThanOrEqual(120);
  },
);
