import { expect, test } from "vitest";
import { Jobs } from "../../../functions/worker/jobs.ts";
import { chunkMessage } from "../../../shared/messages/chunk-message.ts";
import { JOB_OF_4_CHUNKS, Stages } from "../../helpers/stages.ts";

/** Jobs of these ids, each asked for at another time, and how often each job.json was read. */
async function submitted(...ids: string[]) {
  const stages = new Stages();
  const times = new Map<string, number>();
  for (const jobId of ids)
    times.set(jobId, (await stages.split({ ...JOB_OF_4_CHUNKS, requestId: jobId })).submittedAtMs);
  const { store } = stages;
  const get = store.get.bind(store);
  const reads: string[] = [];
  store.get = (key, mostBytes) => {
    if (key.endsWith("/job.json")) reads.push(key.split("/")[1] ?? "");
    return get(key, mostBytes);
  };
  return { stages, store, reads, ofJobMs: (id: string) => times.get(id), jobs: new Jobs(store) };
}

test("job.json is read once for all messages of its job, and once for those of another", async () => {
  const { jobs, reads, ofJobMs } = await submitted("a", "b");
  for (const jobId of ["a", "a", "b", "a", "b"])
    expect(await jobs.jobOf({ jobId, ofJobMs: ofJobMs(jobId) })).toMatchObject({ jobId });
  expect(reads).toEqual(["a", "b"]);
});

test("eight jobs are kept; of more, the one that was read first is read again", async () => {
  const ids = [..."abcdefghi"];
  const { jobs, reads } = await submitted(...ids);
  for (const jobId of ids) await jobs.jobOf({ jobId });
  await jobs.jobOf({ jobId: "i" });
  await jobs.jobOf({ jobId: "b" });
  expect(reads).toEqual(ids);
  await jobs.jobOf({ jobId: "a" });
  expect(reads).toEqual([...ids, "a"]);
});

test("a message whose job was deleted is done with: nothing is computed, stored or said", async () => {
  const { stages, store } = await submitted("j");
  store.objects.clear();
  const from = store.puts.length;
  stages.results.sent.length = 0;
  for (const body of stages.chunks.take())
    expect(await stages.work(body)).toMatchObject({
      cancelled: true,
      computed: [],
      failures: [],
      retry: false,
    });
  expect(store.puts).toHaveLength(from);
  expect(stages.results.sent).toEqual([]);
});

test("a deleted job's message computes nothing of a new job of its id, in an environment that knew the old one", async () => {
  const { stages, store, jobs } = await submitted("j");
  const [old = ""] = stages.chunks.take();
  const ofJobMs = JSON.parse(old).ofJobMs as number;
  expect(await jobs.jobOf({ jobId: "j", ofJobMs })).toMatchObject({ submittedAtMs: ofJobMs });
  store.objects.clear();
  stages.clock.advance(1000);
  const { submittedAtMs } = await stages.split({ ...JOB_OF_4_CHUNKS, parameters: { maxIterations: 7 } });
  expect(await jobs.jobOf({ jobId: "j", ofJobMs: submittedAtMs })).toMatchObject({ submittedAtMs });
  expect(await jobs.jobOf({ jobId: "j", ofJobMs })).toBeUndefined();
  expect(await stages.work(old)).toMatchObject({ cancelled: true, computed: [] });
});

test("a message of a former version, which does not say when its job was submitted, means the job of its id", async () => {
  const { stages } = await submitted("j");
  const former = JSON.parse(chunkMessage({ jobId: "j" }, [2]));
  const spec = { kernel: "nonsense", parameters: {}, axes: [], dtype: "uint8" };
  expect(await stages.work(JSON.stringify({ ...former, version: 1, spec }))).toMatchObject({ computed: [2] });
});
