import { layoutOf } from "../../shared/array/layout.ts";
import type { Input } from "../../shared/kernels/declaration.ts";
import { DRIVER_VERSION } from "../../shared/kernels/driver-version.ts";
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import { MATHS_VERSION } from "../../shared/kernels/maths/version.ts";
import type { Difference } from "../../shared/kernels/twin-difference.ts";
import { planRound } from "../../shared/plan/plan.ts";
import type { Job } from "../../shared/record/job.ts";
import { type CellCost, cellCost, measuredOf } from "../kernels/cell-cost.ts";
import { kernelMeant, type MeantKernel } from "../kernels/meant-kernel.ts";
import { optionHelp, optionName, optionValue } from "../request/input-option.ts";
import { jobOf, type NewJobOptions } from "../request/new-job.ts";
import { requestSchema } from "../request/request-schema.ts";
import { EXIT_CODES } from "../terminal/exit-codes.ts";
import { aligned, count, counted, jsonLine, seconds } from "../terminal/text.ts";
import { twinDifference } from "./check-twin.ts";

export interface CheckOptions extends NewJobOptions {
  readonly json?: boolean;
  readonly schema?: boolean;
}

/** `manyhands check`: what a kernel declares, what its bits depend on, what a cell costs, and what its job would be cut into. */
export async function check(named: string | undefined, options: CheckOptions): Promise<number> {
  const meant = await kernelMeant(named);
  if (options.schema) {
    const { name, declaration } = meant.kernel;
    process.stdout.write(`${JSON.stringify(requestSchema(name, declaration), null, 2)}\n`);
    return 0;
  }
  const { job, kernel } = await jobOf(named, options);
  const cost = job.measured ?? (await cellCost(kernel, job.spec));
  const twin = twinDifference(kernel, job);
  const { figures } = planRound({ ...job, measured: job.measured ?? measuredOf(cost) }, kernel);
  const { shape, chunkShape, total } = layoutOf(job.spec);
  const { name, hash, declaration } = kernel;
  const facts = {
    ...{ name, file: meant.file ?? null, hash: hash ?? null },
    ...{ maths: MATHS_VERSION, driver: DRIVER_VERSION, declaration },
    cost: typeof cost === "string" ? null : cost,
    ...(kernel.fast && { twinDiffers: twin ?? null }),
    cut: {
      shape,
      chunkShape,
      chunks: total,
      messages: figures.messages,
      seconds: secondsOf(figures.seconds.compute, job),
    },
  };
  process.stdout.write(options.json ? jsonLine(facts) : asText(meant, kernel, cost, facts.cut, twin));
  return twin ? EXIT_CODES.failed : 0;
}

/** By the cells that were timed on this machine; without them by the plan, which allows for slow workers. */
function secondsOf(planned: number, { measured, spec }: Job): number {
  return measured ? measured.meanSeconds * layoutOf(spec).elements : planned;
}

interface CutFacts {
  readonly shape: readonly number[];
  readonly chunkShape: readonly number[];
  readonly chunks: number;
  readonly messages: number;
  readonly seconds: number;
}

function asText(
  { file }: MeantKernel,
  { name, hash, declaration, fast }: LoadedKernel,
  cost: CellCost,
  cut: CutFacts,
  twin: Difference | undefined,
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
    ["cost", costText(cost)],
    [
      "cut",
      `${cut.shape.join(" x ")} into ${counted(cut.chunks, "chunk")} of ${cut.chunkShape.join(" x ")}, in ${counted(cut.messages, "message")}: about ${seconds(1000 * cut.seconds)} of one core`,
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

function costText(cost: CellCost): string {
  if (cost === "unknown") return "unknown: the cells that were timed throw";
  if (cost === "dear") return "more than half a second a cell: each becomes a chunk of its own";
  const { meanSeconds, mostSeconds } = cost;
  return `${duration(meanSeconds)} a cell, the dearest of those timed ${duration(mostSeconds)}`;
}

function duration(inSeconds: number): string {
  const [unit, per] = inSeconds < 1e-6 ? ["ns", 1e9] : inSeconds < 1e-3 ? ["µs", 1e6] : ["ms", 1e3];
  return `${count(Number((inSeconds * per).toPrecision(2)))} ${unit}`;
}
