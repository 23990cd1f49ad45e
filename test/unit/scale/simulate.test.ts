import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { simulationText } from "../../../cli/terminal/scale-text.ts";
import { type MeasuredRun, scalingOf } from "../../../client/scale/scaling.ts";
import { simulate } from "../../../client/scale/simulate.ts";
import { pricesOf } from "../../../shared/plan/prices.ts";
import { builtIn, resolvedJob } from "../../helpers/kernels.ts";

const REQUEST = { kernel: "mandelbrot", points: [4000, 4000], chunk: [40, 40], chunksPerMessage: 1 };

/** A run of 10,000 chunks on workers that share 1,000 s of CPU evenly. */
function run(workers: number, { around = 2, busy = 1000 } = {}): MeasuredRun {
  const compute = 1000;
  const phases = { compute: busy / workers, split: around };
  const seconds = around + busy / workers;
  return { workers, seconds, phases, chunks: 10_000, compute, busy, slowest: compute / 10_000 };
}

function simulated(runs: readonly MeasuredRun[], { most = 10_000, request = {}, cores = 4 } = {}) {
  const job = resolvedJob({ ...REQUEST, ...request });
  const kernel = builtIn("mandelbrot");
  const scaling = scalingOf(runs, cores);
  const of = { job, kernel, engine: "threads" as const, prices: pricesOf("us-east-1"), most };
  const simulation = simulate(scaling, runs, of);
  return { simulation, text: stripVTControlCharacters(simulationText(scaling, simulation)) };
}

test("work that is shared evenly goes on being shared: 1, 2 and 5 times the powers of ten, and the last one", () => {
  const { widths } = simulated([run(1), run(2), run(4)], { most: 300 }).simulation;
  expect(widths.map(({ workers }) => workers)).toEqual([5, 10, 20, 50, 100, 200, 300]);
  for (const { workers, seconds, speedUp, efficiency } of widths) {
    expect(seconds / (2 + 1000 / workers)).toBeCloseTo(1, 1);
    expect(speedUp).toBeCloseTo(1002 / seconds);
    expect(efficiency).toBeCloseTo(speedUp / workers);
  }
});

test("it goes on from the widest that has a core for each worker", () => {
  const crowded = { ...run(8), seconds: 500 };
  const { widths, from } = simulated([run(1), run(4), crowded]).simulation;
  expect(from.workers).toBe(4);
  expect(widths[0]).toMatchObject({ workers: 5 });
  expect(() => simulated([crowded])).toThrow(RangeError);
});

test("what is around the chunks stays, as does what the model does not explain", () => {
  const { widths, from } = simulated([run(1, { around: 30 }), run(2, { around: 30 })]).simulation;
  expect(from.keptSeconds).toBeCloseTo(30, 0);
  expect(widths.at(-1)!.seconds).toBeGreaterThan(30);
  const waits = { ...run(2), seconds: 702, phases: { compute: 700, split: 2 } };
  const slow = simulated([run(1), waits]).simulation;
  expect(slow.from.keptSeconds).toBeCloseTo(202, -1);
  expect(slow.widths.at(-1)!.seconds).toBeGreaterThan(slow.from.keptSeconds);
});

test("a core that other programs use as much is shared as the workers' own time is", () => {
  const busy = { busy: 2000 };
  const { widths } = simulated([run(1, busy), run(2, busy)], { most: 10 }).simulation;
  expect(widths.at(-1)!.seconds).toBeCloseTo(202, -1);
});

test("more workers than messages are no sooner, and the text says so", () => {
  const request = { chunk: [1000, 1000] };
  const few = simulated([run(1), run(2)], { request });
  expect(few.simulation.messages).toBe(16);
  const [at20, ...wider] = few.simulation.widths.filter(({ workers }) => workers >= 20);
  for (const { seconds, aws } of wider) {
    expect(seconds).toBe(at20!.seconds);
    expect(aws?.workers ?? 0).toBeLessThanOrEqual(16);
  }
  expect(few.text).toContain("The job has 16 messages: more workers have nothing to do.");
  expect(simulated([run(1), run(2)], { most: 100 }).text).not.toContain("nothing to do");
});

test("a deployment's time, cost and workers stand beside, and the text says what was measured", () => {
  const { simulation, text } = simulated([run(1), run(2)]);
  const [narrow, widest] = [simulation.widths[0]!, simulation.widths.at(-1)!];
  expect(narrow.aws!.workers).toBe(5);
  expect(widest.aws!.seconds.expected).toBeLessThan(narrow.aws!.seconds.expected / 10);
  expect(widest.aws!.usd.expected).toBeGreaterThan(0);
  expect(text).toMatch(/^workers +time +speed-up +efficiency +on AWS: workers +time +speed-up +cost$/m);
  expect(text).toMatch(/^10,000 +\d/m);
  expect(text).toContain("The table above was measured, on 1 and 2 workers; these rows are simulated");
  const { text: alone } = simulated([run(1)]);
  expect(alone).toContain("The table above was measured, on 1 worker; these rows are simulated");
  expect(text).toContain("no run there has confirmed it");
});

test("where no worker would be through with a message there is no deployment", () => {
  const request = { chunk: [2000, 2000] };
  const { simulation, text } = simulated([run(1), run(2)], { request });
  expect(simulation.widths.filter(({ aws }) => aws)).toEqual([]);
  expect(text).toContain("a worker of 1,769 MB would not be through with a message");
  expect(text).not.toContain("USD");
});
