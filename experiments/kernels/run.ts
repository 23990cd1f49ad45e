/** Measures the kernels and their twins on one thread and on two, and what the twins' module costs at a start. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { cpus } from "node:os";
import { Worker } from "node:worker_threads";
import type { Kernel } from "../../shared/kernels/kernel.ts";
import { median, origin, publish, spread, type Table } from "../report.ts";
import { CASES, type Case, fastCompute, iterationsOf, limitOf, outOf, partOf } from "./cases.ts";
import { compileC, type Times } from "./in-c.ts";

const REPEATS = 9;
const THREADS = 2;
const THREAD_REPEATS = 15;
/** Runs that are not measured: the engine compiles better while they last. */
const WARM_UP = 10;
const STARTS = 15;
const ALL_CORES = `0-${cpus().length - 1}`;

interface Measured {
  readonly kernel: string;
  readonly region: string;
  readonly iterations: number;
  readonly limitReached: number;
  readonly plainMs: number[];
  readonly fastMs: number[];
}

const measured: Measured[] = CASES.map((each) => ({
  kernel: each.kernel.name,
  region: each.name,
  ...count(each),
  plainMs: [],
  fastMs: [],
}));
for (let repeat = 0; repeat < REPEATS; repeat++) {
  CASES.forEach((each, k) => {
    measured[k]?.plainMs.push(time(each, each.kernel.compute));
    measured[k]?.fastMs.push(time(each, fastCompute(each.kernel)));
  });
  console.error(`round ${repeat + 1} of ${REPEATS}`);
}
const onThreads: Times[] = [];
const inC: ({ readonly oneThread: Times; readonly severalThreads: Times } | null)[] = [];
const runInC = compileC();
for (const each of CASES) {
  // C before and after, so that both meet the machine in the same state.
  const plain = outOf(each);
  each.kernel.compute(each.parameters, each.window, plain);
  const oneThread = runInC(each, 1, THREAD_REPEATS, plain);
  const before = runInC(each, THREADS, THREAD_REPEATS, plain);
  onThreads.push(await timeThreads(each));
  const after = runInC(each, THREADS, THREAD_REPEATS, plain);
  inC.push(oneThread && before && after ? { oneThread, severalThreads: together(before, after) } : null);
  console.error(`${each.kernel.name}, ${each.name}: on threads`);
}
const starts = Array.from({ length: STARTS }, measureStart);

publish(
  "kernels",
  `Plain kernels and their fast twins. Median in ms, smallest and largest in brackets. \`G/s\` is 10⁹ iterations a second of those that the values count (of \`double-pendulum\`: steps of the integration), which the twin need not run all: it knows or proves of most interior points that they never escape. \`inside\` is the part of the cells that reach the limit.

Two numbers to reach on two threads: 2.1 ms for the default job (mandelbrot, 500 x 500), and 4.7 G/s where there is no interior to leave out. What the machine can do at the same time is in the table of C: the same algorithm, but without the proofs.`,
  origin("node experiments/kernels/run.ts"),
  { measured, onThreads, inC, starts },
  [oneThread(), severalThreads(), besideC(), start()],
);

function oneThread(): Table {
  return {
    title: `One thread: the processor's time, plain and fast in turn in one process, median of ${REPEATS}`,
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
      (iterations / median(plainMs) / 1e6).toPrecision(2),
      (iterations / median(fastMs) / 1e6).toPrecision(2),
      (median(plainMs) / median(fastMs)).toFixed(1),
    ]),
  };
}

function severalThreads(): Table {
  return {
    title: `The twins on ${THREADS} threads, warm, on a core each, every second row each, median of ${THREAD_REPEATS}: wall time from one telling the other to both being done, and the processor's time by thread`,
    columns: ["kernel", "region", "wall", "processor", "G/s of wall", "G/s of processor"],
    rows: onThreads.map(({ wallMs, processorMs }, at) => {
      const { kernel = "", region = "", iterations = Number.NaN } = measured[at] ?? {};
      return [
        kernel,
        region,
        spread(wallMs, 1),
        spread(processorMs, 1),
        (iterations / median(wallMs) / 1e6).toPrecision(2),
        (iterations / median(processorMs) / 1e6).toPrecision(2),
      ];
    }),
  };
}

function besideC(): Table {
  const rows = inC.flatMap((times, at) => {
    const { kernel = "", region = "", iterations = Number.NaN } = measured[at] ?? {};
    const twin = onThreads[at];
    if (!times || !twin) return [];
    const { oneThread, severalThreads } = times;
    return [
      [
        kernel,
        region,
        spread(oneThread.processorMs, 1),
        spread(severalThreads.wallMs, 1),
        spread(severalThreads.processorMs, 1),
        (iterations / median(oneThread.processorMs) / 1e6).toPrecision(2),
        (iterations / median(severalThreads.processorMs) / 1e6).toPrecision(2),
        (median(twin.processorMs) / median(severalThreads.processorMs)).toFixed(2),
      ],
    ];
  });
  return {
    title: `The same algorithm in C (gcc, 128-bit vectors), without proofs: one thread, and ${THREADS} before and after the twins, medians of ${THREAD_REPEATS} and ${2 * THREAD_REPEATS}. The last column is the twins' time of the processor on ${THREADS} threads in relation to C's${rows.length > 0 ? "" : ". Not measured: there was no gcc"}`,
    columns: [
      "kernel",
      "region",
      "1 thread, processor",
      `${THREADS} threads, wall`,
      `${THREADS} threads, processor`,
      "1 thread, G/s of processor",
      `${THREADS} threads, G/s of processor`,
      "twins / C",
    ],
    rows,
  };
}

function start(): Table {
  const of = (pick: (each: (typeof starts)[number]) => number) => spread(starts.map(pick), 2);
  return {
    title: `What the module costs at a cold start: a new process each, median of ${STARTS}, in ms`,
    columns: ["bytes", "compile", "instantiate", "first call, one point"],
    rows: [
      [
        starts[0]?.sizeBytes ?? Number.NaN,
        of(({ compileMs }) => compileMs),
        of(({ instantiateMs }) => instantiateMs),
        of(({ firstCallMs }) => firstCallMs),
      ],
    ],
  };
}

/** Milliseconds of the processor, all threads of this process together. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function time(each: Case, compute: Kernel["compute"]): number {
  const out = outOf(each);
  const started = processorMs();
  compute(each.parameters, each.window, out);
  return processorMs() - started;
}

/** This thread takes a part itself, so that none waits for a core that is only there to wait. */
async function timeThreads(each: Case): Promise<Times> {
  const workers = Array.from(
    { length: THREADS - 1 },
    (_, k) =>
      new Worker(new URL("./thread.ts", import.meta.url), {
        workerData: { at: CASES.indexOf(each), thread: k + 1, threads: THREADS },
      }),
  );
  const part = partOf(each, 0, THREADS);
  const out = outOf(part);
  const round = () => {
    const others = workers.map((worker) => {
      worker.postMessage(undefined);
      return once(worker, "message");
    });
    fastCompute(part.kernel)(part.parameters, part.window, out);
    return Promise.all(others);
  };
  const isPinned = pin("0", "1");
  for (let k = 0; k < WARM_UP; k++) await round();
  const times = { wallMs: [] as number[], processorMs: [] as number[] };
  for (let k = 0; k < THREAD_REPEATS; k++) {
    const [started, startedProcessor] = [performance.now(), processorMs()];
    await round();
    times.wallMs.push(performance.now() - started);
    times.processorMs.push((processorMs() - startedProcessor) / THREADS);
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  if (isPinned) pin(ALL_CORES, ALL_CORES);
  return times;
}

/** Gives this thread and the others their cores, where there is `taskset`: some systems leave two threads on one. */
function pin(own: string, others: string): boolean {
  try {
    for (const thread of readdirSync("/proc/self/task")) {
      const cores = Number(thread) === process.pid ? own : others;
      execFileSync("taskset", ["--pid", "--cpu-list", cores, thread], { stdio: "ignore" });
    }
    return true;
  } catch {
    console.error("The threads run where the system puts them: taskset cannot be used.");
    return false;
  }
}

function together(a: Times, b: Times): Times {
  return { wallMs: [...a.wallMs, ...b.wallMs], processorMs: [...a.processorMs, ...b.processorMs] };
}

/** Also holds the twin against the plain kernel: figures of wrong values would be worth nothing. */
function count(each: Case) {
  const { kernel, parameters, window } = each;
  const [plain, fast] = [outOf(each), outOf(each)];
  kernel.compute(parameters, window, plain);
  for (let k = 0; k < WARM_UP; k++) fastCompute(kernel)(parameters, window, fast);
  let iterations = 0;
  let inside = 0;
  plain.forEach((value, k) => {
    if (value !== fast[k]) throw new Error(`${kernel.name}: cell ${k} is ${value}, its twin says ${fast[k]}`);
    iterations += iterationsOf(each, value);
    if (value === limitOf(each)) inside++;
  });
  return { iterations, limitReached: inside / plain.length };
}

function measureStart() {
  const program = `
    import read from "#kernels.wasm";
    const bytes = read();
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
