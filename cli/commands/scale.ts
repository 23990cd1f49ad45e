import { availableParallelism } from "node:os";
import { mostWorkers } from "../../api/place.ts";
import type { Engine } from "../../client/engines/engine.ts";
import { engineNamed } from "../../client/engines/engines.ts";
import { askedPython } from "../../client/kernels/pythons.ts";
import { amdahlSpeedUp, gustafsonSpeedUp } from "../../client/scale/amdahl.ts";
import { runWidth } from "../../client/scale/run-width.ts";
import { type MeasuredRun, type Scaling, scalingOf } from "../../client/scale/scaling.ts";
import type { Simulation } from "../../client/scale/simulate.ts";
import { whatHappened } from "../../client/scale/what-happened.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import type { LocalEngine } from "../../shared/plan/predict-here.ts";
import { FALLBACK_REGION } from "../../shared/plan/prices.ts";
import { counted } from "../../shared/validation/counted.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { wholeNumber } from "../request/numbers.ts";
import { type RequestOptions, requestOf } from "../request/request.ts";
import { EXIT_CODES } from "../terminal/exit-codes.ts";
import { listenForInterruption } from "../terminal/interruption.ts";
import { drawCount } from "../terminal/progress-bar.ts";
import { scaleText, simulationText } from "../terminal/scale-text.ts";
import { jsonLine } from "../terminal/text.ts";
import { expectNewPng, writeNew } from "./new-file.ts";

export interface ScaleOptions extends RequestOptions {
  readonly workers?: string;
  readonly engine: string;
  readonly repeats: string;
  readonly plain?: boolean;
  readonly simulate?: string;
  readonly out?: string;
  readonly json?: boolean;
}

const MOST_WIDTHS = 16;
const MOST_REPEATS = 100;
const MOST_SIMULATED = 100_000;

/** `manyhands scale`: the same job on more and more workers, and why that is not as many times as fast. Returns the exit code. */
export async function scale(kernelName: string | undefined, options: ScaleOptions): Promise<number> {
  const { plain: isPlain = false, out, json } = options;
  const engine = engineNamed(options.engine);
  const most = mostWorkers(engine, {});
  if (typeof most !== "number")
    throw new InvalidInputError(
      "--engine",
      "one whose workers are on this machine",
      `${show(engine.name)}, ${most.setBy}`,
      engine.isRemote && engine.mostOwnWorkers !== undefined
        ? "Where nothing names a place of its jobs, not even the environment, each run brings its own."
        : undefined,
    );
  const cores = availableParallelism();
  const widths = widthsOf(options.workers, most, cores);
  const repeats = wholeNumber(options.repeats, "--repeats", MOST_REPEATS);
  const furthest = furthestOf(options.simulate, widths, cores);
  if (furthest !== undefined && (engine.isRemote || most === 1))
    throw new InvalidInputError("--engine", "threads or local for --simulate", show(engine.name));
  if (out !== undefined) expectNewPng(out);
  const request = await requestOf(kernelName, options);
  const { signal, over } = listenForInterruption();
  const bar = drawCount("runs");
  const runs: MeasuredRun[] = [];
  try {
    const program = process.argv[1] ?? "";
    const run = (workers: number) =>
      runWidth(request, { engine: engine.name, workers, isPlain, python: askedPython(), program, signal });
    // Not counted: it may build the workers, and fills the caches of files.
    await run(widths.at(-1)!);
    // A width after the other in each round: what changes on the machine meanwhile meets them all.
    for (let round = 0; round < repeats; round++)
      for (const workers of widths) {
        bar.show(runs.length, repeats * widths.length);
        runs.push(await run(workers));
      }
  } catch (error) {
    if (signal.aborted) return EXIT_CODES.interrupted;
    throw error;
  } finally {
    bar.clear();
    over();
  }
  const scaling = scalingOf(runs, cores);
  const simulation =
    furthest === undefined ? undefined : await simulated(scaling, runs, request, { engine, most: furthest });
  if (out !== undefined) await draw(out, request.kernel, scaling, simulation);
  const causes = whatHappened(scaling);
  const what = { kernel: request.kernel, engine: engine.name, isPlain, repeats };
  if (json)
    process.stdout.write(jsonLine({ ...what, ...scaling, causes, runs, ...(simulation && { simulation }) }));
  else {
    process.stdout.write(scaleText(what, scaling, causes));
    if (simulation) process.stdout.write(`\n${simulationText(scaling, simulation)}`);
  }
  return 0;
}

/** What the simulation goes to, where one is wanted. */
function furthestOf(given: string | undefined, widths: readonly number[], cores: number): number | undefined {
  if (given === undefined) return undefined;
  const most = wholeNumber(given, "--simulate", MOST_SIMULATED);
  const widest = widths.findLast((width) => width <= cores);
  if (widest === undefined)
    throw new InvalidInputError(
      "--workers",
      `no more than ${counted(cores, "core")} at least once, where --simulate goes on`,
      show(widths.join(",")),
    );
  if (most > widest) return most;
  throw new InvalidInputError(
    "--simulate",
    `above ${widest}, the workers from which it goes on`,
    show(given),
  );
}

/** Loaded where it is asked for: the prices and the planner. */
async function simulated(
  scaling: Scaling,
  runs: readonly MeasuredRun[],
  request: JobRequest,
  { engine, most }: { readonly engine: Engine; readonly most: number },
): Promise<Simulation> {
  const { newJob } = await import("../../api/new-job.ts");
  const { simulate } = await import("../../client/scale/simulate.ts");
  const { pricesHere } = await import("../../client/prices/own-prices.ts");
  const { job, kernel } = await newJob(request, undefined);
  const prices = pricesHere(FALLBACK_REGION);
  return simulate(scaling, runs, { job, kernel, engine: engine.name as LocalEngine, prices, most });
}

/** Ascending, each once. */
function widthsOf(given: string | undefined, most: number, cores: number): readonly number[] {
  if (given === undefined) {
    const powers = Array.from({ length: 16 }, (_, k) => 2 ** k);
    return powers.filter((width) => width <= Math.min(2 * cores, most));
  }
  const widths = given.split(",").map((each) => wholeNumber(each.trim(), "--workers", most));
  if (widths.length <= MOST_WIDTHS) return [...new Set(widths)].sort((a, b) => a - b);
  throw new InvalidInputError("--workers", `at most ${MOST_WIDTHS} numbers`, show(given));
}

/** Throws InvalidInputError where the file cannot be made. */
async function draw(
  path: string,
  title: string,
  { widths, fit }: Scaling,
  simulation?: Simulation,
): Promise<void> {
  const { drawSpeedUps } = await import("../../plots/speed-up.ts");
  const laws = fit
    ? [
        { name: "Amdahl", at: (workers: number) => amdahlSpeedUp(fit.serial, workers) },
        { name: "Gustafson", at: (workers: number) => gustafsonSpeedUp(fit.serial, workers) },
      ]
    : [];
  const simulated = simulation?.widths ?? [];
  const models = [
    { name: "simulated here", points: simulated },
    {
      name: "simulated on AWS",
      points: simulated.flatMap(({ workers, aws }) => (aws ? [{ workers, speedUp: aws.speedUp }] : [])),
    },
  ].filter(({ points }) => points.length > 0);
  writeNew(path, drawSpeedUps({ title, measured: widths, laws, models }));
}
