import { execFileSync } from "node:child_process";
import { coordinates, resolveAxis, tutorialAxis } from "../../shared/grid.ts";
import { fastCompute } from "../../shared/kernels/fast.ts";
import { julia } from "../../shared/kernels/julia.ts";
import type { Kernel, Window } from "../../shared/kernels/kernel.ts";
import { mandelbrot } from "../../shared/kernels/mandelbrot.ts";
import { median, origin, publish, spread } from "../report.ts";

const REPEATS = 9;
const STARTS = 15;

interface Case {
  readonly name: string;
  readonly kernel: Kernel;
  readonly parameters: Readonly<Record<string, number>>;
  readonly window: Window;
}

const evenly = (centre: number, extent: number, count: number) =>
  coordinates({ rule: "index", from: centre - extent / 2, step: extent / count, count }, 0, count);
const around = (re: number, im: number, extent: number, count: number): Window => ({
  y: evenly(im, -extent, count),
  x: evenly(re, extent, count),
});
const tutorial = (size: number, every = 1): Window => {
  const axis = (from: number, to: number) => {
    const resolved = resolveAxis(tutorialAxis(from, to, size), "axis");
    return coordinates(resolved, 0, resolved.count).filter((_, k) => k % every === 0);
  };
  return { y: axis(1.3, -1.3), x: axis(-2.13, 0.77) };
};

const cases: readonly Case[] = [
  {
    name: "default, 500 x 500",
    kernel: mandelbrot,
    parameters: { maxIterations: 1000 },
    window: tutorial(1000),
  },
  {
    name: "every 4th row and column of 4,000 x 4,000",
    kernel: mandelbrot,
    parameters: { maxIterations: 1000 },
    window: tutorial(8000, 4),
  },
  {
    name: "a spiral, 300 x 300, extent 1e-5",
    kernel: mandelbrot,
    parameters: { maxIterations: 5000 },
    window: around(-0.743643887037151, 0.13182590420533, 1e-5, 300),
  },
  {
    name: "without interior, 150 x 150, extent 1e-10",
    kernel: mandelbrot,
    parameters: { maxIterations: 10_000 },
    window: around(-0.743643887037151, 0.13182590420533, 1e-10, 150),
  },
  {
    name: "default, 500 x 500",
    kernel: julia,
    parameters: { maxIterations: 1000, cRe: -0.8, cIm: 0.156 },
    window: around(0, 0, 2.2, 500),
  },
  {
    name: "c = -0.12 + 0.75i, mostly interior, 500 x 500",
    kernel: julia,
    parameters: { maxIterations: 1000, cRe: -0.12, cIm: 0.75 },
    window: around(0, 0, 2.2, 500),
  },
];

interface Measured {
  readonly kernel: string;
  readonly region: string;
  readonly iterations: number;
  readonly limitReached: number;
  readonly plainMs: number[];
  readonly fastMs: number[];
  readonly firstFastMs: number;
}

const measured: Measured[] = cases.map(({ name, kernel, parameters, window }) => ({
  kernel: kernel.name,
  region: name,
  ...iterationsOf(kernel, parameters, window),
  plainMs: [],
  fastMs: [],
  firstFastMs: time(fastCompute(kernel), parameters, window),
}));
for (let repeat = 0; repeat < REPEATS; repeat++) {
  cases.forEach(({ kernel, parameters, window }, k) => {
    measured[k]?.plainMs.push(time(kernel.compute, parameters, window));
    measured[k]?.fastMs.push(time(fastCompute(kernel), parameters, window));
  });
  console.error(`round ${repeat + 1} of ${REPEATS}`);
}
const starts = Array.from({ length: STARTS }, measureStart);

publish(
  "kernels",
  `Plain kernels and their fast twins, one thread, in turn in one process: median of ${REPEATS} in ms, smallest and largest in brackets. \`G/s\` is 10⁹ iterations a second of those that the values count, which the twin need not run all: it proves for most interior points that they never escape. \`inside\` is the part of the cells that reach the limit.`,
  origin("node experiments/kernels/run.ts"),
  { measured, starts },
  [
    {
      title: "Plain and fast",
      columns: [
        "kernel",
        "region",
        "10⁶ iterations",
        "inside",
        "plain",
        "fast",
        "plain G/s",
        "fast G/s",
        "ratio",
      ],
      rows: measured.map(({ kernel, region, iterations, limitReached, plainMs, fastMs }) => [
        kernel,
        region,
        (iterations / 1e6).toFixed(1),
        `${(100 * limitReached).toFixed(0)} %`,
        spread(plainMs, 1),
        spread(fastMs, 1),
        (iterations / median(plainMs) / 1e6).toFixed(2),
        (iterations / median(fastMs) / 1e6).toFixed(2),
        (median(plainMs) / median(fastMs)).toFixed(1),
      ]),
    },
    {
      title: `What the module costs at a cold start: a new process each, median of ${STARTS}, in ms`,
      columns: ["bytes", "compile", "instantiate", "first call, one point"],
      rows: [
        [
          starts[0]?.sizeBytes ?? Number.NaN,
          spread(
            starts.map(({ compileMs }) => compileMs),
            2,
          ),
          spread(
            starts.map(({ instantiateMs }) => instantiateMs),
            2,
          ),
          spread(
            starts.map(({ firstCallMs }) => firstCallMs),
            2,
          ),
        ],
      ],
    },
  ],
);

function makeOut({ y, x }: Window, maxIterations: number): Uint16Array | Uint32Array {
  return maxIterations < 65_535 ? new Uint16Array(y.length * x.length) : new Uint32Array(y.length * x.length);
}

function time(compute: Kernel["compute"], parameters: Case["parameters"], window: Window): number {
  const out = makeOut(window, parameters.maxIterations ?? 0);
  const started = performance.now();
  compute(parameters, window, out);
  return performance.now() - started;
}

/** Also holds the twin against the plain kernel: figures of wrong values would be worth nothing. */
function iterationsOf(kernel: Kernel, parameters: Case["parameters"], window: Window) {
  const limit = parameters.maxIterations ?? 0;
  const [plain, fast] = [makeOut(window, limit), makeOut(window, limit)];
  kernel.compute(parameters, window, plain);
  fastCompute(kernel)(parameters, window, fast);
  let iterations = 0;
  let inside = 0;
  plain.forEach((value, k) => {
    if (value !== fast[k]) throw new Error(`${kernel.name}: cell ${k} is ${value}, its twin says ${fast[k]}`);
    iterations += Math.min(value + 1, limit);
    if (value === limit) inside++;
  });
  return { iterations, limitReached: inside / plain.length };
}

function measureStart() {
  const program = `
    import bytes from "#kernels.wasm";
    const t0 = performance.now();
    const module = new WebAssembly.Module(bytes);
    const t1 = performance.now();
    const { exports } = new WebAssembly.Instance(module);
    const t2 = performance.now();
    exports.escapeTimes(1, 1, 1000, 2, false, 0, 0);
    const t3 = performance.now();
    console.log(JSON.stringify({ sizeBytes: bytes.length, compileMs: t1 - t0, instantiateMs: t2 - t1, firstCallMs: t3 - t2 }));`;
  const args = ["--input-type=module", "--eval", program];
  const cwd = new URL("../..", import.meta.url);
  return JSON.parse(execFileSync(process.execPath, args, { cwd, encoding: "utf8" })) as {
    sizeBytes: number;
    compileMs: number;
    instantiateMs: number;
    firstCallMs: number;
  };
}
