import { expect, test } from "vitest";
import { type MeasuredRun, scalingOf } from "../../../client/scale/scaling.ts";
import { type Cause, whatHappened } from "../../../client/scale/what-happened.ts";

/** 100 equal chunks that take 10 s of CPU, on workers that do nothing else and never wait. */
function ideal(workers: number, change: Partial<Omit<MeasuredRun, "workers">> = {}): MeasuredRun {
  const compute = change.compute ?? 10;
  const phases = { compute: compute / workers, ...change.phases };
  const seconds = Object.values(phases).reduce((sum, each) => sum + each, 0);
  return { workers, seconds, chunks: 100, compute, busy: compute, slowest: compute / 100, ...change, phases };
}

/** The causes that are named, but for the law; and one's sentence. */
function causes(runs: readonly MeasuredRun[], cores = 4) {
  const all = whatHappened(scalingOf(runs, cores));
  return {
    named: all.map(({ cause }) => cause).filter((cause) => cause !== "law"),
    of: (wanted: Cause["cause"]) => all.find(({ cause }) => cause === wanted)?.sentence,
  };
}

test("where the work is shared evenly and nothing else is done no cause is named but the law", () => {
  const { named, of } = causes([ideal(1), ideal(2), ideal(4)]);
  expect(named).toEqual([]);
  expect(of("law")).toBe(
    "By Amdahl's law, on 1, 2 and 4 workers, 0 % (0 % to 0 %) of one worker's time is serial: it has no limit.",
  );
});

test("the law: what it allows, where a fifth is serial", () => {
  const at = (workers: number) => ideal(workers, { compute: 8, phases: { compute: 8 / workers, split: 2 } });
  expect(causes([at(1), at(2), at(4)]).of("law")).toMatch(
    /^By Amdahl's law, .* 20 % \(20 % to 20 %\) .* no number of workers is more than 5\.0 times as fast\.$/,
  );
});

test("the law: said to be unknown where the runs scatter", () => {
  const slow = (workers: number) =>
    ideal(workers, { phases: { compute: 16 / workers }, busy: 16, compute: 16 });
  expect(causes([ideal(1), slow(1), ideal(2), slow(2)]).of("law")).toMatch(
    /^The runs scatter too much for Amdahl's law: between 0 % and 100 % of one worker's time is serial\. .*--repeats/,
  );
});

test("cores: fewer than workers", () => {
  const beyond = (workers: number) => ideal(workers, { phases: { compute: 5 }, busy: 5 * workers });
  const { named, of } = causes([ideal(1), ideal(2), beyond(4), beyond(32)], 2);
  expect(named).toEqual(["cores"]);
  expect(of("cores")).toBe(
    "This machine has 2 cores: 4 and 32 workers share them, and took 5.0 s and 5.0 s, where 2 took 5.0 s.",
  );
});

test("little: what is around the chunks takes longer than they do", () => {
  const tiny = (workers: number) =>
    ideal(workers, { compute: 0.02, phases: { compute: 0.02 / workers, startUp: 0.3, plots: 0.1 } });
  const { named, of } = causes([tiny(1), tiny(2)]);
  expect(named).toEqual(["little", "apart"]);
  expect(of("little")).toMatch(/^There is little to share: the chunks take 20 ms of a core, and .* 400 ms\./);
});

test("apart: the phases that no worker shortens, the longest first", () => {
  const around = { startUp: 0.3, split: 0.01, plots: 1 };
  const at = (workers: number) => ideal(workers, { phases: { compute: 10 / workers, ...around } });
  const { named, of } = causes([at(1), at(2), at(4)]);
  expect(named).toEqual(["apart"]);
  expect(of("apart")).toBe(
    "Of the 3.8 s on 4 workers no worker shortens 1.3 s: 1.0 s drawing and 300 ms starting.",
  );
});

test("few chunks: some workers have none", () => {
  const at = (workers: number) =>
    ideal(workers, { chunks: 3, slowest: 3.4, phases: { compute: 10 / Math.min(workers, 3) } });
  const { named, of } = causes([at(1), at(2), at(4)], 2);
  expect(named).toContain("few chunks");
  expect(of("few chunks")).toBe("3 chunks keep at most as many workers at work: of 4 some had none.");
});

test("uneven: the slowest chunk takes longer than an even share", () => {
  const at = (workers: number) => ideal(workers, { slowest: 4 });
  const { named, of } = causes([at(1), at(4)]);
  expect(named).toEqual(["uneven"]);
  expect(of("uneven")).toMatch(/the slowest takes 4\.0 s, longer than an even share of 2\.5 s, .*--chunk/);
  expect(causes([at(1), at(2)]).named).toEqual([]);
});

test("storing: a worker alone is at work for longer than it computes", () => {
  const at = (workers: number) => ideal(workers, { busy: 14, phases: { compute: 14 / workers } });
  const { named, of } = causes([at(1), at(2)]);
  expect(named).toEqual(["storing"]);
  expect(of("storing")).toBe(
    "Of 14 s at work on 1 worker 4.0 s is not computing: storing, and waiting for a core that others use.",
  );
});

test("waiting: workers have nothing to do while chunks are computed", () => {
  const late = (workers: number) => ideal(workers, { phases: { compute: 10 / workers + 2.5 } });
  const { named, of } = causes([ideal(1), late(4)]);
  expect(named).toEqual(["waiting"]);
  expect(of("waiting")).toMatch(
    /^While chunks were computed 4 workers had nothing to do for 50 % of the time/,
  );
});

test("crowded: the same chunks take more CPU on more workers", () => {
  const { named, of } = causes([ideal(1), ideal(2, { compute: 13 })]);
  expect(named).toEqual(["crowded"]);
  expect(of("crowded")).toBe(
    "The same chunks took 13 s of CPU on 2 workers and 10 s on 1: the cores share caches, memory and clock.",
  );
});

test("of a width's runs the one in the middle counts, and speed-up is against the fewest workers", () => {
  const slow = ideal(1, { phases: { compute: 12 } });
  const { widths, fit } = scalingOf([ideal(4), slow, ideal(1), ideal(1)], 4);
  expect(
    widths.map(({ workers, run, fastest, longest }) => [workers, run.seconds, fastest, longest]),
  ).toEqual([
    [1, 10, 10, 12],
    [4, 2.5, 2.5, 2.5],
  ]);
  expect(widths.map(({ speedUp, efficiency }) => [speedUp, efficiency])).toEqual([
    [1, 1],
    [4, 1],
  ]);
  expect(fit?.widths).toEqual([1, 4]);
  expect(scalingOf([ideal(2), ideal(4)], 4).widths.map(({ speedUp }) => speedUp)).toEqual([2, 4]);
});
