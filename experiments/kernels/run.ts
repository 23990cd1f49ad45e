/** Measures the kernels and their twins on one thread and on two, and what the twins' module costs at a start. */
import { join } from "node:path";
import type { Compute } from "../../shared/kernels/loaded.ts";
import { experiment } from "../measuring/experiment.ts";
import { inOwnProcess } from "../measuring/own-process.ts";
import { usedHere } from "../measuring/processes.ts";
import { CASES, type Case, fastCompute, iterationsOf, limitOf, outOf, windowOf } from "./cases.ts";
import { compileC, type Times } from "./in-c.ts";
import { timeThreads } from "./on-threads.ts";
import { page, REPEATS, STARTS, THREAD_REPEATS, THREADS } from "./page.ts";
import type { Start } from "./start.ts";

/** Runs that are not measured: V8 compiles better while they last. */
const WARM_UP = 10;

await experiment("kernels", measure, page);

/** What results.json holds. */
export type Results = Awaited<ReturnType<typeof measure>>;

/** Each list but the last has an entry for each case, in the same order. */
async function measure() {
  const measured = measureOneThread();
  const onThreads: Times[] = [];
  /** Null where there was no compiler, or no such kernel in C. */
  const inC: ({ oneThread: Times; severalThreads: Times } | null)[] = [];
  const runInC = compileC();
  for (const each of CASES) {
    const plain = outOf(each);
    each.kernel.compute(windowOf(each), [plain]);
    // C before and after, so that both meet the machine in the same state.
    const oneThread = runInC(each, 1, THREAD_REPEATS, plain);
    const before = runInC(each, THREADS, THREAD_REPEATS, plain);
    onThreads.push(await timeThreads(each, THREADS, WARM_UP, THREAD_REPEATS));
    const after = runInC(each, THREADS, THREAD_REPEATS, plain);
    inC.push(oneThread && before && after ? { oneThread, severalThreads: together(before, after) } : null);
    console.error(`${each.kernel.name}, ${each.name}: on threads`);
  }
  const file = join(import.meta.dirname, "start.ts");
  const starts: Start[] = [];
  for (let repeat = 0; repeat < STARTS; repeat++) starts.push(await inOwnProcess(file, "measureStart"));
  return { measured, onThreads, inC, starts };
}

/** The processor's time, plain and fast in turn. */
function measureOneThread() {
  const measured = CASES.map((each) => ({
    ...{ kernel: each.kernel.name, region: each.name, ...count(each) },
    ...{ plainMs: [] as number[], fastMs: [] as number[] },
  }));
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    CASES.forEach((each, k) => {
      measured[k]?.plainMs.push(time(each, each.kernel.compute));
      measured[k]?.fastMs.push(time(each, fastCompute(each.kernel)));
    });
    console.error(`round ${repeat + 1} of ${REPEATS}`);
  }
  return measured;
}

function time(each: Case, compute: Compute): number {
  const [window, out] = [windowOf(each), outOf(each)];
  const before = process.cpuUsage();
  compute(window, [out]);
  return usedHere(before).cpuMs;
}

function together(a: Times, b: Times): Times {
  return { wallMs: [...a.wallMs, ...b.wallMs], processorMs: [...a.processorMs, ...b.processorMs] };
}

/** Also holds the twin against the plain kernel: figures of wrong values would be worth nothing. */
function count(each: Case) {
  const { kernel } = each;
  const window = windowOf(each);
  const [plain, fast] = [outOf(each), outOf(each)];
  kernel.compute(window, [plain]);
  for (let k = 0; k < WARM_UP; k++) fastCompute(kernel)(window, [fast]);
  let iterations = 0;
  let inside = 0;
  plain.forEach((value, k) => {
    if (value !== fast[k]) throw new Error(`${kernel.name}: cell ${k} is ${value}, its twin says ${fast[k]}`);
    iterations += iterationsOf(each, value);
    if (value === limitOf(each)) inside++;
  });
  return { iterations, limitReached: inside / plain.length };
}
