import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { beforeEach, expect, test, vi } from "vitest";
import type { CellCost } from "../../../client/kernels/cell-cost.ts";
import {
  cellsOf,
  isPlanned,
  predictionsPath,
  readHistory,
  rememberPlan,
  rememberRun,
  toldOf,
} from "../../../client/predictions/own-predictions.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

const figures = { seconds: 2, usd: 0, compute: 1 };
const told = {
  ...{ seconds: { low: 1, expected: 2, high: 4 }, usd: { low: 0, expected: 0, high: 0 } },
  pricesDate: "2026-09-19",
};

function plan(job: string, byEngine: Readonly<Record<string, typeof figures>>, kernel = "k"): void {
  const predicted = Object.entries(byEngine).map(([engine, each]) => [engine, { ...each, told }]);
  rememberPlan({ job, kernel, byEngine: Object.fromEntries(predicted) });
}

beforeEach(() => vi.stubEnv("XDG_DATA_HOME", temporaryFolder()));

test("a run is compared with the plan of its job on its engine, once", () => {
  plan("job", { serial: figures, aws: { ...figures, usd: 0.1 } }, "mandelbrot");
  expect(rememberRun("other", "serial", figures)).toBe(false);
  expect(rememberRun("job", "serial", { seconds: 4, usd: 0, compute: 1 })).toBe(true);
  expect(rememberRun("job", "serial", figures)).toBe(false);
  expect(rememberRun("job", "aws", { seconds: 2, usd: 0.2, compute: 0.5 })).toBe(true);
  const [serial, aws] = readHistory().runs;
  expect(serial).toMatchObject({
    engine: "serial",
    kernel: "mandelbrot",
    seconds: Math.log(2),
    usd: null,
    predicted: 2,
  });
  expect(aws).toMatchObject({ engine: "aws", usd: Math.log(2), compute: -Math.log(2) });
  expect(isPlanned()).toBe(false);
});

test("what a plan told is there until the job has run on that engine", () => {
  expect(toldOf("job", "serial")).toBeUndefined();
  plan("job", { serial: figures, threads: figures });
  expect(toldOf("job", "serial")).toEqual(told);
  rememberRun("job", "serial", figures);
  expect([toldOf("job", "serial"), toldOf("job", "threads")]).toEqual([undefined, told]);
});

test("a job that is planned again has the last plan, and old ones are forgotten", () => {
  plan("job", { serial: figures });
  plan("job", { serial: { ...figures, seconds: 9 } });
  expect(readHistory().plans).toMatchObject([{ job: "job", seconds: 9 }]);
  for (let k = 0; k < 60; k++) plan(`job-${k}`, { serial: figures });
  expect(readHistory().plans).toHaveLength(50);
});

test("what a planned job's cells took holds for a day from when they were timed, however often it is planned meanwhile", () => {
  const [now, hour] = [1_800_000_000_000, 3_600_000];
  const cost = (seconds: number) => ({ meanSeconds: seconds, mostSeconds: 2 * seconds });
  const planned = (atMs: number, of: CellCost, job = "cells") =>
    rememberPlan({ job: "job", kernel: "k", byEngine: {}, cells: { job, cost: of } }, atMs);
  expect(cellsOf("cells", now)).toBeUndefined();
  planned(now, "unknown");
  expect(cellsOf("cells", now)).toBeUndefined();
  planned(now, cost(1));
  planned(now + 20 * hour, cost(3));
  planned(now, "dear", "others");
  expect([cellsOf("cells", now + 23 * hour), cellsOf("others", now)]).toEqual([cost(1), "dear"]);
  expect(cellsOf("cells", now + 24 * hour)).toBeUndefined();
  planned(now + 25 * hour, cost(4));
  expect(cellsOf("cells", now + 26 * hour)).toEqual(cost(4));
  rememberRun("job", "serial", figures);
  expect(readHistory().cells).toHaveLength(2);
});

test("the file may be deleted, or be damaged: then planning begins anew", () => {
  plan("job", { serial: figures });
  expect(JSON.parse(readFileSync(predictionsPath(), "utf8")).plans).toHaveLength(1);
  writeFileSync(predictionsPath(), "{");
  expect(readHistory()).toEqual({ plans: [], runs: [], cells: [] });
  rmSync(predictionsPath());
  expect(rememberRun("job", "serial", figures)).toBe(false);
});

test("where nothing can be written a job is planned all the same", () => {
  vi.stubEnv("XDG_DATA_HOME", "/dev/null");
  plan("job", { serial: figures });
  expect(readHistory().plans).toEqual([]);
});

test("a run that computes for an instant tells nothing of its kernel's cells", () => {
  plan("job", { serial: { seconds: 1, usd: 0, compute: 0.01 } });
  expect(rememberRun("job", "serial", { seconds: 1, usd: 0, compute: 0.1 })).toBe(true);
  expect(readHistory().runs).toMatchObject([{ seconds: 0, compute: null }]);
});

test("what items took is kept apart: it corrects no array's plan", () => {
  plan("job", { threads: figures });
  expect(rememberRun("job", "threads", { ...figures, isMap: true })).toBe(true);
  expect(readHistory().runs).toMatchObject([{ engine: "threads, map" }]);
});
