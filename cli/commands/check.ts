import { layoutOf } from "../../shared/array/layout.ts";
import type { Input } from "../../shared/kernels/declaration.ts";
import { DRIVER_VERSION } from "../../shared/kernels/driver-version.ts";
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import { MATHS_VERSION } from "../../shared/kernels/maths/version.ts";
import { planRound } from "../../shared/plan/plan.ts";
import { type CellCost, cellCost, measuredOf } from "../kernels/cell-cost.ts";
import { optionHelp, optionName, optionValue } from "../request/input-option.ts";
import { jobOf, type NewJobOptions } from "../request/new-job.ts";
import { aligned, count, counted, jsonLine, seconds } from "../terminal/text.ts";

export interface CheckOptions extends NewJobOptions {
  readonly json?: boolean;
}

/** `manyhands check`: what a kernel declares, what its bits depend on, what a cell costs, and what its job would be cut into. */
export async function check(named: string | undefined, options: CheckOptions): Promise<number> {
  const { job, kernel, request } = await jobOf(named, options);
  const cost = job.measured ?? (await cellCost(kernel, job.spec));
  const { figures } = planRound({ ...job, measured: job.measured ?? measuredOf(cost) }, kernel);
  const { shape, chunkShape, total } = layoutOf(job.spec);
  const { name, hash, declaration } = kernel;
  const facts = {
    ...{ name, file: request.file ?? null, hash: hash ?? null },
    ...{ maths: MATHS_VERSION, driver: DRIVER_VERSION, declaration },
    cost: typeof cost === "string" ? null : cost,
    cut: { shape, chunkShape, chunks: total, messages: figures.messages, seconds: figures.seconds.compute },
  };
  process.stdout.write(options.json ? jsonLine(facts) : asText(request.file, kernel, cost, facts.cut));
  return 0;
}

interface CutFacts {
  readonly shape: readonly number[];
  readonly chunkShape: readonly number[];
  readonly chunks: number;
  readonly messages: number;
  readonly seconds: number;
}

function asText(
  file: string | undefined,
  { name, hash, declaration }: LoadedKernel,
  cost: CellCost,
  cut: CutFacts,
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
    ["cost", costText(cost)],
    [
      "cut",
      `${cut.shape.join(" x ")} into ${counted(cut.chunks, "chunk")} of ${cut.chunkShape.join(" x ")}, in ${counted(cut.messages, "message")}: about ${seconds(1000 * cut.seconds)} of computing`,
    ],
  ]);
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
