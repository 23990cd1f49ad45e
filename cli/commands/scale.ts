import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { mostWorkers } from "../../api/place.ts";
import { engineNamed } from "../../client/engines/engines.ts";
import { amdahlSpeedUp, gustafsonSpeedUp } from "../../client/scale/amdahl.ts";
import { runWidth } from "../../client/scale/run-width.ts";
import { type MeasuredRun, type Scaling, scalingOf } from "../../client/scale/scaling.ts";
import { whatHappened } from "../../client/scale/what-happened.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { wholeNumber } from "../request/numbers.ts";
import { type RequestOptions, requestOf } from "../request/request.ts";
import { EXIT_CODES } from "../terminal/exit-codes.ts";
import { listenForInterruption } from "../terminal/interruption.ts";
import { drawCount } from "../terminal/progress-bar.ts";
import { scaleText } from "../terminal/scale-text.ts";
import { jsonLine } from "../terminal/text.ts";

export interface ScaleOptions extends RequestOptions {
  readonly workers?: string;
  readonly engine: string;
  readonly repeats: string;
  readonly plain?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

const MOST_WIDTHS = 16;
const MOST_REPEATS = 100;

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
  const request = await requestOf(kernelName, options);
  const { signal, over } = listenForInterruption();
  const bar = drawCount("runs");
  const runs: MeasuredRun[] = [];
  try {
    const program = process.argv[1] ?? "";
    const run = (workers: number) =>
      runWidth(request, { engine: engine.name, workers, isPlain, program, signal });
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
  if (out !== undefined) await draw(out, request.kernel, scaling);
  const causes = whatHappened(scaling);
  const what = { kernel: request.kernel, engine: engine.name, isPlain, repeats };
  process.stdout.write(
    json ? jsonLine({ ...what, ...scaling, causes, runs }) : scaleText(what, scaling, causes),
  );
  return 0;
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
async function draw(path: string, title: string, { widths, fit }: Scaling): Promise<void> {
  const { drawSpeedUps } = await import("../../plots/speed-up.ts");
  const laws = fit
    ? [
        { name: "Amdahl", at: (workers: number) => amdahlSpeedUp(fit.serial, workers) },
        { name: "Gustafson", at: (workers: number) => gustafsonSpeedUp(fit.serial, workers) },
      ]
    : [];
  try {
    writeFileSync(path, drawSpeedUps({ title, measured: widths, laws }), { flag: "wx" });
  } catch (error) {
    const got = `${path} (${(error as NodeJS.ErrnoException).code})`;
    throw new InvalidInputError("--out", "a new file that can be written", got);
  }
}
