/** Plans the jobs, runs them on the engines of this machine by the command line, and keeps what was predicted beside what happened. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import type { JobPlan } from "../../api/plan-records.ts";
import type { History } from "../../client/predictions/own-predictions.ts";
import type { Cost } from "../../shared/record/cost.ts";
import type { Summary } from "../../shared/record/summary.ts";
import { experiment } from "../measuring/experiment.ts";
import { ROOT } from "../measuring/machine.ts";
import { inTemporaryFolder } from "../measuring/temporary.ts";
import { ENGINES, IN_WASM, JOBS, titleOf, type VerifiedJob } from "./jobs.ts";
import { page } from "./page.ts";
import { comparedRequests } from "./requests.ts";

const PROGRAM = join(ROOT, "cli/main.js");
const EXAMPLES = join(ROOT, "examples/kernels");

await experiment("plan", measure, page);

/** What results.json holds. */
export type Results = Awaited<ReturnType<typeof measure>>;
export type Pair = Results[number];

/** First each job as on a machine that remembers nothing, then each again, with what the first runs left in the file of predictions. */
function measure() {
  return inTemporaryFolder(async (folder) => {
    buildWasm(folder);
    const warm = { folder, remembered: join(folder, "none"), pass: "first" as const };
    await pairsOf({ kernel: "mandelbrot", options: [] }, warm); // bundles are built, and caches filled
    const pairs = [];
    const learnt: History = { plans: [], runs: [], cells: [] };
    for (const [k, job] of JOBS.entries()) {
      const remembered = join(folder, `first-${k}`);
      pairs.push(...(await pairsOf(job, { folder, remembered, pass: "first" })));
      learnt.runs.push(...(JSON.parse(readFileSync(predictionsIn(remembered), "utf8")) as History).runs);
    }
    const remembered = join(folder, "learnt");
    mkdirSync(join(remembered, "manyhands"), { recursive: true });
    writeFileSync(predictionsIn(remembered), JSON.stringify(learnt));
    for (const job of JOBS) pairs.push(...(await pairsOf(job, { folder, remembered, pass: "later" })));
    return pairs;
  });
}

interface Place {
  readonly folder: string;
  /** Stands for the user's own data folder. */
  readonly remembered: string;
  readonly pass: "first" | "later";
}

async function pairsOf(job: VerifiedJob, { folder, remembered, pass }: Place) {
  const named = job.kernel === IN_WASM ? join(folder, "assemblyscript", IN_WASM) : job.kernel;
  const asked = [named.endsWith(".ts") ? join(EXAMPLES, named) : named, ...job.options, "--json"];
  const command = <Printed>(name: string, ...options: readonly string[]): Printed => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [PROGRAM, name, ...asked, ...options], {
      encoding: "utf8",
      env: { ...process.env, XDG_DATA_HOME: remembered },
    });
    if (status !== 0) throw new Error(`${name} ${titleOf(job)} ended with ${status}: ${stderr}`);
    return JSON.parse(stdout);
  };
  const began = performance.now();
  const { engines, basis } = command<JobPlan>("plan");
  const planSeconds = (performance.now() - began) / 1000;
  const pairs = [];
  for (const engine of ENGINES) {
    const out = join(folder, "out");
    const [load = 0] = loadavg();
    const ran = command<Ran>("run", "--engine", engine, "--out", out);
    const planned = engines[engine];
    pairs.push({
      ...{ job: titleOf(job), engine, pass, basis, planSeconds: rounded(planSeconds), load },
      planned: rounded({ compute: planned.compute, seconds: planned.seconds, usd: planned.usd }),
      actual: rounded({
        compute: ran.computeMs / 1000,
        seconds: Object.values(ran.phasesMs).reduce((sum, ms) => sum + ms, 0) / 1000,
        usd: ran.cost?.usd ?? 0,
      }),
      chunks: [planned.chunks, ran.chunks.total] as const,
      messages: [planned.messages, json<{ messages: number }>(out, "submitted").messages] as const,
      requests: ran.cost && (await requestsIn(out, asked[0]!, ran.cost)),
    });
    rmSync(out, { recursive: true });
  }
  const offs = pairs.map(({ engine, planned, actual: { compute, seconds } }) => {
    const off = (is: number, was: number) => Math.log(is / was).toFixed(2);
    const wall = off(seconds, planned.seconds.expected);
    return `${engine} CPU ${off(compute, planned.compute.expected)}, time ${wall}`;
  });
  console.error(`${pass}: ${titleOf(job)}: ${offs.join("; ")} (ln actual / predicted)`);
  return pairs;
}

async function requestsIn(out: string, kernel: string, cost: Cost) {
  const batches = readdirSync(join(out, "reports")).length;
  return comparedRequests(kernel, json(out, "job"), cost, { batches, workers: availableParallelism() });
}

interface Ran extends Pick<Summary, "computeMs" | "cost" | "chunks"> {
  readonly phasesMs: Readonly<Record<string, number>>;
}

function predictionsIn(data: string): string {
  return join(data, "manyhands/predictions.json");
}

function json<Content>(folder: string, name: string): Content {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
}

/** To four digits, as the page needs no more. */
function rounded<Value>(value: Value): Value {
  return JSON.parse(
    JSON.stringify(value, (_, each) => (typeof each === "number" ? Number(each.toPrecision(4)) : each)),
  );
}

/** By the compiler that comes with the project. */
function buildWasm(folder: string): void {
  const none = { CLANG: "", RUSTC: "", ZIG: "" };
  execFileSync(join(EXAMPLES, "magnets/build.sh"), [folder], { env: { ...process.env, ...none } });
}
