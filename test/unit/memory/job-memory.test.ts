import { expect, test } from "vitest";
import { jobMemory } from "../../../client/memory/job-memory.ts";
import { jobKeys } from "../../../shared/ports/keys.ts";
import { getParsed } from "../../../shared/ports/store.ts";
import { StoredJobSchema } from "../../../shared/record/job.ts";
import { readPeaks, withPeak, withPeaks, writePeaks } from "../../../shared/record/memory.ts";
import { MemoryStore } from "../../helpers/memory.ts";
import { JOB_OF_4_CHUNKS, Stages } from "../../helpers/stages.ts";

const bytesOf = (bodies: readonly string[]) => bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0);

test("the bytes that a job sent are those of its messages and reports, whatever the store makes of them", async () => {
  const stages = new Stages();
  await stages.split(JOB_OF_4_CHUNKS);
  const messages = stages.chunks.take();
  const reports: string[] = [];
  for (const body of messages) {
    await stages.work(body);
    reports.push(...stages.results.take().filter((each) => each.includes('"report"')));
  }
  for (const body of reports) await stages.aggregate(body);
  const { store } = stages;
  const job = (await getParsed(store, jobKeys("j").job, StoredJobSchema))!;
  const memory = async () => ({ peaks: { worker: { mb: 70, processes: 3 } }, basis: "told" });
  const found = await jobMemory({ job, store, memory });
  expect(found.sent).toEqual({
    messages: { count: 4, bytes: bytesOf(messages) },
    job: { bytes: store.objects.get(jobKeys("j").job)!.length, readers: 1 },
    // Two bytes a cell, 4 x 5 cells a chunk, in base64.
    reports: { count: 4, bytes: bytesOf(reports), tileBytes: 4 * 56 },
  });
  expect([found.arrayBytes, found.basis, found.client]).toEqual([8 * 10 * 2, "told", undefined]);
  const summary = JSON.parse(Buffer.from(store.objects.get(jobKeys("j").summary)!).toString());
  expect(found.storedBytes).toBe(summary.storedBytes);
  expect(found.stages.worker).toEqual({ predictedMb: 76, measured: { mb: 70, processes: 3 } });
  expect(found.stages.splitter.measured).toBeUndefined();
});

test("what several rounds of a job saw is the most of all, of all their processes", async () => {
  const store = new MemoryStore();
  const first = withPeak(withPeak(withPeak({}, "worker", 70), "worker", 90), "client", undefined);
  await writePeaks(store, "j", first);
  const second = withPeak(withPeak({}, "worker", 80), "client", 120);
  expect(withPeaks((await readPeaks(store, "j"))!, second)).toEqual({
    worker: { mb: 90, processes: 3 },
    client: { mb: 120, processes: 1 },
  });
  expect(await readPeaks(store, "other")).toBeUndefined();
});
