import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { engineNamed } from "../../client/engines/engines.ts";
import { folderJobs } from "../../client/jobs/folder-jobs.ts";
import type { FoundJob, FoundStatus } from "../../client/jobs/job-store.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { JOBS_PREFIX } from "../../shared/ports/keys.ts";
import { cancelJob } from "../../shared/record/control.ts";
import { deploymentServer } from "../helpers/deployment-server.ts";
import { computeInto } from "../helpers/remote.ts";
import { holesOf, watchShown } from "../helpers/shown-job.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

/** A job of 25 chunks that is complete in its folder. */
async function stored(options: Parameters<typeof computeInto>[2] = { chunk: "10x10" }) {
  const folder = temporaryFolder();
  await computeInto(folder, "j", options);
  return { folder, job: join(folder, "jobs", "j") };
}

/** Watches it while its first looks find what these say, and the others what is there. */
const watched = (
  job: string,
  looks: readonly ((found: FoundStatus) => Partial<FoundStatus>)[] = [],
  options: Parameters<typeof watchShown>[1] = {},
) =>
  folderJobs().withJob(job, async (found) => {
    let look = 0;
    const status: FoundJob["status"] = async () => {
      const there = await found.status();
      return { ...there, ...looks[look++]?.(there) };
    };
    const states: string[] = [];
    const onLook = ({ state }: { readonly state: string }) => states.push(state);
    const { page, ended } = watchShown({ ...found, status }, { onLook, ...options });
    const last = await ended;
    return { page: page(), last, states };
  });

const RUNNING = { state: "running", summary: undefined } as const;
const CANCELLED = { state: "cancelled", summary: undefined } as const;

test("cells that are too many for a report are read from their chunk", async () => {
  const { job } = await stored({ size: "1100", chunk: "550x550", inputs: { maxIterations: "10" } });
  const { page } = await watched(job);
  expect(page.counts).toMatchObject({ total: 2, done: 2 });
  expect(holesOf(page)).toBe(0);
  expect(page.bars).toHaveLength(2);
});

test("chunks that were shown before they were reported get their bars once they are", async () => {
  const { job } = await stored();
  const [reports, later] = [join(job, "reports"), join(job, "later")];
  renameSync(reports, later);
  const seen: number[][] = [];
  const look = () => RUNNING;
  const back = () => {
    renameSync(later, reports);
    return RUNNING;
  };
  const { page } = await watched(job, [look, look, back], {
    onLook: (shown) => seen.push([holesOf(shown), shown.bars.length]),
  });
  expect(seen.slice(0, 3)).toEqual([
    [2500, 0],
    [0, 0],
    [0, 0],
  ]);
  expect([holesOf(page), page.bars.length]).toEqual([0, 25]);
  expect(page.counts).toMatchObject({ done: 25, failed: 0 });
});

test("a cancelled job is watched until its summary is there", async () => {
  const { job } = await stored();
  const settling = [() => RUNNING, () => CANCELLED, () => CANCELLED];
  const { last, states } = await watched(job, settling, { settledMs: 60_000 });
  expect(states).toEqual(["running", "cancelled", "cancelled", "complete"]);
  expect(last.summary).toBeDefined();
});

test("a cancelled job that has no summary and does not change is over", async () => {
  const { job } = await stored();
  const { last } = await watched(
    job,
    Array(50).fill(() => CANCELLED),
  );
  expect(last).toMatchObject({ state: "cancelled", summary: undefined });
});

test("a cancelled job is watched while messages of it are in work, as each report changes its summary", async () => {
  const { job } = await stored();
  const none = { waiting: 0, inFlight: 0, delayed: 0 };
  const ended = (done: number, inFlight: number) => () => ({
    ...{ state: "cancelled" as const, chunks: { total: 25, done, failed: 0 } },
    queues: { chunks: { ...none, inFlight }, results: none, deadLetters: 0, resultDeadLetters: 0 },
  });
  const { last } = await watched(job, [ended(20, 2), ended(22, 1), ended(24, 0)]);
  expect(last.chunks.done).toBe(24);
});

test("one that failed is over at once, though messages of other jobs are in work: its summary stays as it is", async () => {
  const { job } = await stored();
  const none = { waiting: 0, inFlight: 0, delayed: 0 };
  const failed = () => ({
    ...{ state: "incomplete" as const, chunks: { total: 25, done: 24, failed: 1 } },
    queues: { chunks: { ...none, inFlight: 9 }, results: none, deadLetters: 0, resultDeadLetters: 0 },
  });
  const { states } = await watched(job, [failed, failed, failed]);
  expect(states).toEqual(["incomplete"]);
});

test("a job that waits for workers says so", async () => {
  const { job } = await stored();
  const alone = (done: number) => () => ({
    ...{ ...RUNNING, isUnattended: true },
    chunks: { total: 25, done, failed: 0 },
  });
  const { states } = await watched(job, [alone(0), () => RUNNING]);
  expect(states).toEqual(["running, nobody is working on this yet", "running", "complete"]);
});

describe("on a deployment", () => {
  afterEach(() => vi.unstubAllEnvs());

  /** A job of 25 chunks, of which this much is stored there. */
  async function there(absent: readonly string[] = []) {
    const { env, folder, requests } = await deploymentServer();
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    await computeInto(folder, "j", { chunk: "10x10" });
    for (const key of absent) rmSync(join(folder, "jobs", "j", key), { recursive: true });
    const jobs = await engineNamed("aws").jobs({});
    return { jobs, requests, folder };
  }

  test("a job that has ended is shown from its reports alone", async () => {
    const { jobs, requests } = await there();
    const page = await jobs.withJob("j", async (found) => {
      const { page: shown, ended } = watchShown(found);
      expect(await ended).toMatchObject({ state: "complete" });
      return shown();
    });
    expect(holesOf(page)).toBe(0);
    expect(page.bars).toHaveLength(25);
    expect(requests.filter((request) => request.includes("/array/value/c/"))).toEqual([]);
  });

  test("a job that is cancelled meanwhile is watched on, until Ctrl-C", async () => {
    const { jobs, folder } = await there(["summary.json"]);
    const states: string[] = [];
    const controller = new AbortController();
    const onLook = ({ state }: { readonly state: string }) => {
      states.push(state);
      if (states.length === 1) void cancelJob(new FileStore({ [JOBS_PREFIX]: join(folder, "jobs") }), "j", 0);
      if (states.filter((each) => each === "cancelled").length === 2) controller.abort();
    };
    const watching = jobs.withJob(
      "j",
      (found) => watchShown(found, { onLook, settledMs: 60_000, signal: controller.signal }).ended,
    );
    await expect(watching).rejects.toThrow();
    expect([states[0], ...states.slice(-2)]).toEqual(["running", "cancelled", "cancelled"]);
  });
});
