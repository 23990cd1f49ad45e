import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { openJobFolder } from "../../client/job-folder/job-folder.ts";
import { readRemoteJob } from "../../client/remote/remote-job.ts";
import { resumption } from "../../shared/messages/resumption.ts";
import { SubmissionSchema } from "../../shared/record/submission.ts";
import { SummarySchema } from "../../shared/record/summary.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { parse } from "../../shared/validation/parse.ts";
import { resolvedJob } from "../helpers/kernels.ts";
import { remoteCloud } from "../helpers/remote.ts";
import { Stages } from "../helpers/stages.ts";

const axis = { from: 0, to: 1, count: 40 };
const request = {
  kernel: "mandelbrot",
  grid: { axes: [axis, axis] },
  requestId: "j",
  output: { plots: false },
};
const job = { ...resolvedJob(request), submittedAtMs: 1.7e12 };
const large = (count: number) => job.spec.axes.map((each) => ({ ...each, count }));

test.each<[string, object, RegExp]>([
  [
    "10¹² chunks",
    { spec: { ...job.spec, axes: large(1_000_000), chunkShape: [1, 1] } },
    /job\.json spec\.axes to be at most 11000000000 points, got \[1000000,1000000\]/,
  ],
  [
    "10⁸ chunks",
    { spec: { ...job.spec, axes: large(10_000), chunkShape: [1, 1] } },
    /job\.json spec\.chunkShape to be large enough for at most 1000000 chunks, got \[1,1\]/,
  ],
  [
    "a chunk that no memory holds",
    { spec: { ...job.spec, axes: large(100_000), chunkShape: [100_000, 100_000] } },
    /job\.json spec\.chunkShape to be at most 67108864 bytes/,
  ],
  [
    "chunks of another rank",
    { spec: { ...job.spec, chunkShape: [5] } },
    /job\.json spec\.chunkShape to be 2 numbers, one for each axis, got \[5\]/,
  ],
  ["a time that no calendar has", { submittedAtMs: 1e300 }, /submittedAtMs to be a number of milliseconds/],
])("a stored job with %s is refused by whoever reads it", async (_, change, sentence) => {
  const hostile = JSON.stringify({ ...job, ...change });
  const refused = async (read: () => unknown) => {
    const error = await (async () => read())().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidInputError);
    expect((error as Error).message).toMatch(sentence);
  };

  const { remote, folder } = await remoteCloud();
  const path = join(folder, "jobs/j/job.json");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, hostile);
  await refused(() => readRemoteJob(remote, "j"));
  await refused(() => openJobFolder(dirname(path)));

  const stages = new Stages();
  await stages.split(request);
  await stages.work(stages.chunks.take()[0] ?? "");
  await stages.store.put("jobs/j/job.json", Buffer.from(hostile));
  const [report = ""] = stages.results.take();
  await refused(() => stages.aggregate(report));
  await refused(() => stages.split(resumption("j")));
});

test("numbers that nobody could go on with are refused in what is stored of a job's end and rounds", async () => {
  const stages = new Stages();
  await stages.split(request);
  const summary = await stages.runToEnd();
  const submission = stages.store.json("jobs/j/submitted.json");
  parse(SummarySchema, summary, "summary");
  parse(SubmissionSchema, submission, "submission");
  for (const bad of [
    { round: 1.5 },
    { round: -1 },
    { round: 1e6 },
    { round: Number.POSITIVE_INFINITY },
    { submittedAtMs: 1e300 },
  ]) {
    expect(() => parse(SummarySchema, { ...summary, ...bad }, "summary"), JSON.stringify(bad)).toThrow(
      InvalidInputError,
    );
    expect(() => parse(SubmissionSchema, { ...submission, ...bad }, "submission")).toThrow(InvalidInputError);
  }
});
