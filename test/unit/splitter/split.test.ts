import { expect, test } from "vitest";
import { split } from "../../../functions/splitter/split.ts";
import { parseChunkMessage } from "../../../shared/messages/chunk-message.ts";
import { jobKeys } from "../../../shared/ports/keys.ts";
import { JOB_OF_4_CHUNKS, Stages } from "../../helpers/stages.ts";

const keys = jobKeys("j");
const again = (stages: Stages) => stages.chunks.take().map((body) => parseChunkMessage(body).again);

test("a job's first messages ask for chunks that nobody computed, those of a split that is taken up look first", async () => {
  const stages = new Stages();
  await stages.split(JOB_OF_4_CHUNKS);
  expect(again(stages)).toEqual([false, false, false, false]);
  stages.store.objects.delete("jobs/j/submitted.json");
  await stages.split(JOB_OF_4_CHUNKS);
  expect(again(stages)).toEqual([true, true, true, true]);
});

test("what an earlier split stored of the job stays as it is", async () => {
  const stages = new Stages();
  await stages.split(JOB_OF_4_CHUNKS);
  stages.store.objects.delete("jobs/j/submitted.json");
  await stages.split(JOB_OF_4_CHUNKS);
  expect(stages.store.puts.filter((key) => key === keys.job)).toHaveLength(1);
});

test("where no workers are told of, no chunk is too much for them", async () => {
  const stages = new Stages();
  const { workers: _, ...ports } = stages.ports;
  expect(await split(JOB_OF_4_CHUNKS, "unused", ports)).toMatchObject({ chunks: 4 });
});
