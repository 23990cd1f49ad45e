import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { expect, test } from "vitest";
import { mountsOf } from "../../../client/engines/engine.ts";
import { prepareFolder } from "../../../client/job-folder/folder.ts";
import { download, type Selection } from "../../../client/remote/download.ts";
import { type StoredJob, StoredJobSchema } from "../../../shared/record/job.ts";
import { computeInto, remoteCloud } from "../../helpers/remote.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

async function fetched(selection: Selection, options = {}) {
  const { cloud, folder } = await remoteCloud();
  const { job } = await computeInto(folder, "j1", { chunk: "10x10", ...options });
  await computeInto(folder, "j10");
  const out = temporaryFolder();
  const counts: number[] = [];
  const fetch = (signal = new AbortController().signal) =>
    download(cloud, job, selection, mountsOf("j1", out), {
      signal,
      onProgress: ({ objects }) => counts.push(objects),
      ask: (action) => action(),
    });
  return { cloud, fetch, there: join(folder, "jobs/j1"), out, counts };
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
}

test("all of a job is the folder that a local run leaves, and nothing of another job", async () => {
  const { fetch, there, out, counts } = await fetched("all");
  await fetch();
  expect(filesIn(out)).toEqual(filesIn(there));
  for (const path of filesIn(out))
    expect(readFileSync(join(out, path))).toEqual(readFileSync(join(there, path)));
  expect(counts).toEqual(
    filesIn(out)
      .map((_, k) => k)
      .concat(filesIn(out).length),
  );
});

test("a job in which array/ is an array and no group comes whole, too", async () => {
  const { cloud, folder } = await remoteCloud();
  const there = join(folder, "jobs/old-two-axes");
  cpSync(join(import.meta.dirname, "../../fixtures/old-layout/two-axes"), there, { recursive: true });
  const job = v.parse(StoredJobSchema, JSON.parse(readFileSync(join(there, "job.json"), "utf8")));
  const out = temporaryFolder();
  const { signal } = new AbortController();
  const mounts = mountsOf(job.jobId, out);
  expect(
    await download(cloud, job, "all", mounts, { signal, onProgress: () => {}, ask: (action) => action() }),
  ).toEqual({
    skipped: [],
  });
  expect(filesIn(out)).toEqual(filesIn(there));
});

test("chunks that are here already are not fetched again, one that is cut short is", async () => {
  const { fetch, there, out } = await fetched("all");
  await fetch();
  const old = new Date(0);
  utimesSync(join(out, "array/escape_time/c/0/0"), old, old);
  rmSync(join(out, "array/escape_time/c/0/1"));
  await fetch();
  expect(statSync(join(out, "array/escape_time/c/0/0")).mtime).toEqual(old);
  expect(readFileSync(join(out, "array/escape_time/c/0/1"))).toEqual(
    readFileSync(join(there, "array/escape_time/c/0/1")),
  );
});

test("pictures come with the summary and without the array", async () => {
  const { fetch, there, out } = await fetched("pictures");
  await fetch();
  const pictures = filesIn(there).filter((file) => file.endsWith(".png"));
  expect(pictures.length).toBeGreaterThan(2);
  expect(filesIn(out)).toEqual([...pictures, "job.json", "summary.json"].toSorted());
});

test("a .npy file that the job did not export is put together here, the same bytes", async () => {
  const exported = await fetched("npy", { npy: true });
  const assembled = await fetched("npy");
  expect(existsSync(join(assembled.there, "result.npy"))).toBe(false);
  await exported.fetch();
  await assembled.fetch();
  expect(filesIn(assembled.out)).toEqual(["job.json", "result.npy", "summary.json"]);
  expect(readFileSync(join(assembled.out, "result.npy"))).toEqual(
    readFileSync(join(exported.there, "result.npy")),
  );
});

test("an interrupted download leaves whole files and says whose they are", async () => {
  const { fetch, there, out, counts } = await fetched("all");
  const interruption = new AbortController();
  const push = counts.push.bind(counts);
  counts.push = (objects) => {
    if (objects === 5) interruption.abort();
    return push(objects);
  };
  await expect(fetch(interruption.signal)).rejects.toThrow();
  expect(existsSync(join(out, "job.json"))).toBe(true);
  expect(filesIn(out).length).toBeLessThan(filesIn(there).length);
  for (const path of filesIn(out))
    expect(readFileSync(join(out, path))).toEqual(readFileSync(join(there, path)));
});

test.each([
  "jobs/j1/notes of mine.txt",
  "jobs/j1/../../outside",
  "jobs/j1/..",
  "jobs/j1/array/escape_time/c/../../../outside",
  "jobs/j1/array",
  "jobs/j1/array/escape_time/c/0",
  "jobs/j1/array/escape_time/c",
  "jobs/j1/array/re_c/c/0/0",
  "jobs/j1/array/c/0/0",
  "jobs/j1/array/..escape/zarr.json",
  "jobs/j1/logs/worker-1.log",
  "jobs/j1/.bashrc",
  `jobs/j1/${"x".repeat(900)}.json`,
  "jobs/j1/reports/\u202e.json",
  "outside.json",
])("what somebody else put beside a job's objects is left alone, and named: %s", async (key) => {
  const { cloud, fetch, out } = await fetched("all");
  cloud.clients.s3.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const answer = await next(args);
        const { Contents } = answer.output as { Contents?: object[] };
        if (commandName === "ListObjectsV2Command") Contents?.unshift({ Key: key, Size: 1 });
        return answer;
      },
    { step: "initialize" },
  );
  expect(await fetch()).toEqual({ skipped: [key] });
  expect(existsSync(join(out, "summary.json"))).toBe(true);
});

test("a folder with another job that had the same id is refused", async () => {
  const { fetch, out } = await fetched("all");
  await fetch();
  const mine = JSON.parse(readFileSync(join(out, "job.json"), "utf8")) as StoredJob;
  prepareFolder(out, "--out", mine);
  const submittedAgain = { ...mine, submittedAtMs: mine.submittedAtMs + 1 };
  expect(() => prepareFolder(out, "--out", submittedAgain)).toThrow(
    /holds another job, perhaps an older one of that id/,
  );
});

test("a folder that was made for nothing is taken back, one that was there before stays", () => {
  const there = temporaryFolder();
  prepareFolder(join(there, "results/j1"), "--out").takeBack();
  prepareFolder(there, "--out").takeBack();
  expect(readdirSync(there)).toEqual([]);
  prepareFolder(join(there, "kept/j1"), "--out");
  writeFileSync(join(there, "kept/other"), "");
  prepareFolder(join(there, "kept/j2"), "--out").takeBack();
  expect(readdirSync(join(there, "kept")).sort()).toEqual(["j1", "other"]);
});
