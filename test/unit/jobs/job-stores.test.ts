import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { engineNamed } from "../../../client/engines/engines.ts";
import { folderJobs } from "../../../client/jobs/folder-jobs.ts";
import type { JobStore } from "../../../client/jobs/job-store.ts";
import { jobsMeant } from "../../../client/jobs/meant-jobs.ts";
import { jobKeys } from "../../../shared/ports/keys.ts";
import type { StoredJob } from "../../../shared/record/job.ts";
import { InvalidInputError } from "../../../shared/validation/errors.ts";
import { deploymentServer, NO_AWS } from "../../helpers/deployment-server.ts";
import { computeInto } from "../../helpers/remote.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

afterEach(() => vi.unstubAllEnvs());

let computed: string;
beforeAll(async () => {
  computed = mkdtempSync(join(tmpdir(), "manyhands-"));
  await computeInto(computed, "j");
  return () => rmSync(computed, { recursive: true });
});

/** Puts the computed job there under another id, as submitted at another time; returns the record that it has there. */
function put(folder: string, jobId: string, submittedAtMs = 1): StoredJob {
  const path = join(folder, "jobs", jobId);
  cpSync(join(computed, "jobs/j"), path, { recursive: true });
  const job = { ...JSON.parse(readFileSync(join(path, "job.json"), "utf8")), jobId, submittedAtMs };
  writeFileSync(join(path, "job.json"), JSON.stringify(job));
  return job;
}

interface Place {
  readonly jobs: JobStore;
  /** Has a folder jobs/ with the jobs of that place. */
  readonly folder: string;
  /** What a job's id is called there. */
  readonly called: (id: string) => string;
}

const PLACES: Readonly<Record<string, () => Promise<Place>>> = {
  async "the folders of this machine"() {
    const folder = temporaryFolder();
    const results = join(folder, "jobs");
    return { jobs: folderJobs(results), folder, called: (id) => join(results, id) };
  },
  async "a deployment"() {
    const { env, folder } = await deploymentServer();
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    return { jobs: await engineNamed("aws").jobs({}), folder, called: (id) => id };
  },
};

describe.each(Object.entries(PLACES))("of jobs in %s", (_, placeOf) => {
  test("the latest are listed first, a damaged one as that, and how many are older", async () => {
    const { jobs, folder, called } = await placeOf();
    expect(await jobs.list(2)).toMatchObject({ latest: [], older: 0 });
    for (const [n, id] of ["first", "second", "third"].entries()) put(folder, id, n + 1);
    truncateSync(join(folder, "jobs/first/job.json"), 30);
    const { latest, older, fieldsOf } = await jobs.list(2);
    const whole = { state: "complete", chunks: { total: 1, done: 1, failed: 0 } };
    expect(latest).toMatchObject([
      { jobId: "third", ...whole },
      { jobId: "second", ...whole },
    ]);
    expect(older).toBe(1);
    expect((await jobs.list(3)).latest[2]).toEqual({
      ...{ jobId: "first", damaged: expect.stringContaining("jobs/first/job.json") },
    });
    const { site } = await jobs.withJob(called("third"), async (found) => found);
    expect(site.fields).toMatchObject(fieldsOf("third"));
  });

  test("one is found with its record, its store, how far it is, and what may be done next", async () => {
    const { jobs, folder, called } = await placeOf();
    const job = put(folder, "j");
    await jobs.withJob(called("j"), async (found) => {
      expect(found.job).toEqual(job);
      expect(await found.store.get(jobKeys("j").summary)).toBeInstanceOf(Uint8Array);
      const status = await found.status();
      expect(status).toMatchObject({
        state: "complete",
        summary: { sum: 509_274 },
        hasDamagedSummary: false,
      });
      expect(found.next(status)).toMatch(/fetch j|nothing: it has all its chunks/);
      expect(found.site.lines[0]).toEqual(["where", expect.stringContaining(found.site.place)]);
      writeFileSync(join(folder, "jobs/j/summary.json"), "{");
      const damaged = await found.status();
      expect(found.next(damaged)).toMatch(
        /^its summary is damaged: `manyhands (resume|aggregate) .*j` makes it again$/,
      );
    });
  });

  test("one that is not there, and to cancel one that ended, is refused with a sentence", async () => {
    const { jobs, folder, called } = await placeOf();
    put(folder, "j");
    const missing = jobs.withJob(called("none"), async () => "found");
    await expect(missing).rejects.toThrow(InvalidInputError);
    await expect(missing).rejects.toThrow(/^Expected job to be .*none/);
    const cancelled = jobs.withJob(called("j"), (found) => found.cancel());
    await expect(cancelled).rejects.toThrow(InvalidInputError);
    await expect(cancelled).rejects.toThrow(/^Expected job to be one that is running, got /);
  });
});

test("where no folder and no engine are meant and AWS cannot be asked, the sentence begins with the folder that is not there", async () => {
  for (const [name, value] of Object.entries(NO_AWS)) vi.stubEnv(name, value);
  const ask = async (engine?: string) =>
    (await jobsMeant({ engine }, false)).withJob("nojob", (found) => found.status());
  const missing = ask();
  await expect(missing).rejects.toThrow(InvalidInputError);
  await expect(missing).rejects.toThrow(
    /^Expected job to be a job's folder, or the id of one below results\/, got "nojob", where there is no readable job\.json\. A deployment could not be asked for it: Expected AWS credentials, found none: set AWS_PROFILE/,
  );
  await expect(ask("aws")).rejects.toThrow(/^Expected AWS credentials, found none/);
});
