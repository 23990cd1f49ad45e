import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { asText } from "../../../cli/commands/list.ts";
import { latestJobs } from "../../../client/jobs/latest-jobs.ts";
import { readStatus } from "../../../shared/record/job-status.ts";
import { computeInto, remoteCloud } from "../../helpers/remote.ts";

test("a job with a damaged object is a row that says so, and the others are listed as ever", async () => {
  const { cloud, folder } = await remoteCloud();
  const file = (job: string, name: string) => join(folder, "jobs", job, name);
  const ids = ["fine", "summary", "submitted", "job"];
  for (const id of ids) await computeInto(folder, id);
  writeFileSync(file("summary", "summary.json"), "");
  truncateSync(file("submitted", "submitted.json"), 30);
  writeFileSync(file("job", "job.json"), new Uint8Array(100));
  const listing = await latestJobs(cloud.store, [...ids, "no-job"], 10);
  const { latest, older } = listing;
  expect(older).toBe(0);
  expect(latest).toHaveLength(4);
  const found = Object.fromEntries(latest.map((row) => [row.jobId, row]));
  expect(found.fine).toMatchObject({ state: "complete", hasDamagedSummary: false });
  expect(found.summary).toMatchObject({ state: "running", hasDamagedSummary: true });
  expect(found.submitted).toEqual({
    jobId: "submitted",
    damaged: expect.stringContaining("jobs/submitted/submitted.json"),
  });
  expect(found.job).toEqual({ jobId: "job", damaged: expect.stringContaining("jobs/job/job.json") });

  const text = asText({ ...listing, place: "a bucket" });
  expect(text).toMatch(/^fine +complete +1\/1/m);
  expect(text).toMatch(/^summary +running, damaged summary +1\/1/m);
  expect(text).toMatch(/^job +damaged$/m);
  expect(text).toMatch(/^job: Expected jobs\/job\/job\.json to be JSON, got .*put it back from a copy\.$/m);
});

test("a job that a newer manyhands made is a row that says so, and no damage", async () => {
  const { cloud, folder } = await remoteCloud();
  for (const [id, name] of [
    ["a", "job.json"],
    ["b", "summary.json"],
  ] as const) {
    await computeInto(folder, id);
    writeFileSync(join(folder, "jobs", id, name), '{ "version": 3 }');
  }
  const listing = await latestJobs(cloud.store, ["a", "b"], 10);
  const newer = expect.stringMatching(
    /made by a newer manyhands \(version 3; this one reads up to 2\): update/,
  );
  const { a, b } = Object.fromEntries(listing.latest.map((row) => [row.jobId, row]));
  expect([a, b]).toEqual([
    { jobId: "a", newer },
    { jobId: "b", newer },
  ]);
  expect(asText({ ...listing, place: "a bucket" })).toMatch(/^a +newer version$/m);
});

test("of a job that lacks its summary nobody says that the summary is damaged", async () => {
  const { cloud, folder } = await remoteCloud();
  const { job } = await computeInto(folder, "j");
  writeFileSync(join(folder, "jobs/j/summary.json"), "{");
  expect((await readStatus(cloud.store, job)).hasDamagedSummary).toBe(true);
  await computeInto(folder, "k");
  expect((await readStatus(cloud.store, { ...job, jobId: "none" })).hasDamagedSummary).toBe(false);
});
