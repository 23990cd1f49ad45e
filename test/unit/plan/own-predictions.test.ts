import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { beforeEach, expect, test, vi } from "vitest";
import {
  isPlanned,
  predictionsPath,
  readHistory,
  rememberPlan,
  rememberRun,
} from "../../../client/predictions/own-predictions.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

const figures = { seconds: 2, usd: 0, compute: 1 };

beforeEach(() => vi.stubEnv("XDG_DATA_HOME", temporaryFolder()));

test("a run is compared with the plan of its job on its engine, once", () => {
  rememberPlan("job", "mandelbrot", { serial: figures, aws: { ...figures, usd: 0.1 } });
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

test("a job that is planned again has the last plan, and old ones are forgotten", () => {
  rememberPlan("job", "k", { serial: figures });
  rememberPlan("job", "k", { serial: { ...figures, seconds: 9 } });
  expect(readHistory().plans).toMatchObject([{ job: "job", seconds: 9 }]);
  for (let k = 0; k < 60; k++) rememberPlan(`job-${k}`, "k", { serial: figures });
  expect(readHistory().plans).toHaveLength(50);
});

test("the file may be deleted, or be damaged: then planning begins anew", () => {
  rememberPlan("job", "k", { serial: figures });
  expect(JSON.parse(readFileSync(predictionsPath(), "utf8")).plans).toHaveLength(1);
  writeFileSync(predictionsPath(), "{");
  expect(readHistory()).toEqual({ plans: [], runs: [] });
  rmSync(predictionsPath());
  expect(rememberRun("job", "serial", figures)).toBe(false);
});

test("where nothing can be written a job is planned all the same", () => {
  vi.stubEnv("XDG_DATA_HOME", "/dev/null");
  rememberPlan("job", "k", { serial: figures });
  expect(readHistory().plans).toEqual([]);
});

test("a run that computes for an instant tells nothing of its kernel's cells", () => {
  rememberPlan("job", "k", { serial: { seconds: 1, usd: 0, compute: 0.01 } });
  expect(rememberRun("job", "serial", { seconds: 1, usd: 0, compute: 0.1 })).toBe(true);
  expect(readHistory().runs).toMatchObject([{ seconds: 0, compute: null }]);
});
