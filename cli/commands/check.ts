import { type CellCost, cellCost, measuredOf } from "../../client/kernels/cell-cost.ts";
import { kernelMeant, type MeantKernel } from "../../client/kernels/meant-kernel.ts";
import { pythonOf } from "../../client/kernels/pythons.ts";
import { elementsIn, layoutOf } from "../../shared/array/layout.ts";
import type { Input } from "../../shared/kernels/declaration.ts";
import { DRIVER_VERSION } from "../../shared/kernels/driver-version.ts";
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import { MATHS_VERSION } from "../../shared/kernels/maths/version.ts";
import type { Difference } from "../../shared/kernels/twin-difference.ts";
import { planRound } from "../../shared/plan/plan.ts";
import { refuseTask } from "../../shared/plan/resolve-map.ts";
import { count, counted } from "../../shared/validation/counted.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { roughly } from "../../shared/validation/roughly.ts";
import { optionHelp, optionName, optionValue } from "../request/input-option.ts";
import { jobOf, type NewJobOptions } from "../request/new-job.ts";
import { requestSchema } from "../request/request-schema.ts";
import { EXIT_CODES } from "../terminal/exit-codes.ts";
import { aligned, jsonLine, seconds } from "../terminal/text.ts";
import { checkTask } from "./check-task.ts";
import { twinDifference } from "./check-twin.ts";
import { firstError } from "./first-error.ts";

export interface CheckOptions extends NewJobOptions {
  readonly json?: boolean;
  readonly schema?: boolean;
}

/**
 * `manyhands check`: what a kernel declares, what its bits depend on, what a cell costs, and what its job would be cut into; of a task,
 * see check-task.ts. Returns the exit code.
 */
export async function check(
  named: string | undefined,
  items: string | undefined,
  options: CheckOptions,
): Promise<number> {
  const task = await taskNamed(named, options);
  if (task) return checkTask(task, items, options);
  if (items !== undefined)
    throw new InvalidInputError("items", "left out: only a task has them", show(items));
  if (options.schema) {
    // A kernel has one also where a job of it must be given an input.
    const isNamed = options.request === undefined;
    const { name, declaration } = (await (isNamed ? kernelMeant(named) : jobOf(named, options))).kernel;
    process.stdout.write(`${JSON.stringify(requestSchema(name, declaration), null, 2)}\n`);
    return 0;
  }
  const { job, kernel, request, cost: timed } = await jobOf(named, options);
  const cost = timed ?? job.measured ?? (await cellCost(kernel, job.spec));
  const thrown = cost === "unknown" ? (pythonOf(kernel.hash)?.thrown ?? firstError(kernel, job)) : undefined;
  const twin = thrown === undefined ? twinDifference(kernel, job) : undefined;
  const { figures } = planRound({ ...job, measured: job.measured ?? measuredOf(cost) }, kernel);
  const { shape, chunkShape, total } = layoutOf(job.spec);
  const cellsSeconds = typeof cost === "string" ? null : cost.meanSeconds * elementsIn(shape);
  const { name, hash, declaration } = kernel;
  const facts = {
    ...{ name, file: request.file ?? null, hash: hash ?? null },
    ...{ maths: MATHS_VERSION, driver: DRIVER_VERSION, declaration },
    cost: typeof cost === "string" ? null : cost,
    ...(thrown !== undefined && { thrown }),
    ...(kernel.fast && { twinDiffers: twin ?? null }),
    cut: { shape, chunkShape, chunks: total, messages: figures.messages, seconds: cellsSeconds },
  };
  process.stdout.write(
    options.json ? jsonLine(facts) : asText(request.file, kernel, cost, facts.cut, { twin, thrown }),
  );
  return twin ? EXIT_CODES.failed : 0;
}

/** What a task has no use for is refused as `run` refuses it. */
async function taskNamed(named: string | undefined, options: CheckOptions): Promise<MeantKernel | undefined> {
  const { json, plots, inputs, request, ...ofArrays } = options;
  const meant = request === undefined ? await kernelMeant(named) : undefined;
  const isTask = meant?.kernel.declaration.form === "task";
  if (isTask && Object.values(ofArrays).some((value) => value !== undefined)) refuseTask(show(named));
  return isTask ? meant : undefined;
}

interface CutFacts {
  readonly shape: readonly number[];
  readonly chunkShape: readonly number[];
  readonly chunks: number;
  readonly messages: number;
  /** What one core like this machine's computes; null where it is not known. */
  readonly seconds: number | null;
}

function asText(
  file: string | undefined,
  { name, hash, declaration, fast }: LoadedKernel,
  cost: CellCost,
  cut: CutFacts,
  { twin, thrown }: { readonly twin: Difference | undefined; readonly thrown: string | undefined },
): string {
  const { about, form, inputs, values, onError } = declaration;
  return aligned(`${name}${about && `: ${about}`}`, [
    ["file", file ?? "in the program"],
    [
      "hash",
      `${hash ?? "unknown"}: of the source with its imports, maths ${MATHS_VERSION}, driver ${DRIVER_VERSION}`,
    ],
    ["form", onError ? `${form}; a cell that throws is NaN` : form],
    ...Object.entries(inputs).map(([input, each]) => ["input", inputText(input, each)] as const),
    ...values.map(
      (value) => ["value", `${value.name}${value.unit && ` (${value.unit})`} ${value.about}`.trim()] as const,
    ),
    ...(fast ? [["twin", twinText(twin)] as const] : []),
    ["cost", costText(cost, thrown)],
    [
      "cut",
      `${cut.shape.join(" x ")} into ${counted(cut.chunks, "chunk")} of ${cut.chunkShape.join(" x ")}, in ${counted(cut.messages, "message")}${timeText(cut)}`,
    ],
  ]);
}

function twinText(difference: Difference | undefined): string {
  if (!difference) return "the same bits, in the cells that were compared";
  const { value, at, plain, fast } = difference;
  return `other bits: ${value} at ${at} is ${plain}, and ${fast} by the twin`;
}

const inputText = (name: string, input: Input) =>
  `${optionName(name)} ${optionValue(input)} ${optionHelp(input)}`;

function costText(cost: CellCost, thrown: string | undefined): string {
  if (cost === "unknown") return `unknown: the cells that were timed throw${thrown ? `, ${thrown}` : ""}`;
  if (cost === "dear") return "more than half a second a cell";
  const { meanSeconds, mostSeconds } = cost;
  return `${duration(meanSeconds)} a cell, the dearest of those timed ${duration(mostSeconds)}`;
}

function timeText({ seconds: inSeconds }: CutFacts): string {
  if (inSeconds === null) return "";
  return `: about ${inSeconds < 90 ? seconds(1000 * inSeconds) : roughly(1000 * inSeconds)} of computing`;
}

function duration(inSeconds: number): string {
  const [unit, per] = inSeconds < 1e-6 ? ["ns", 1e9] : inSeconds < 1e-3 ? ["µs", 1e6] : ["ms", 1e3];
  return `${count(Number((inSeconds * per).toPrecision(2)))} ${unit}`;
}
