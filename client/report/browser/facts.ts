/** What the report says in words and tables: how the job ended, memory, failures, how to read the array, and the command. */
import { count, counted } from "../../../shared/validation/counted.ts";
import { usd } from "../../../shared/validation/usd.ts";
import type { PageData } from "../../page/page-data.ts";
import { code, details, el, section, table } from "./elements.ts";
import { bytes, duration, partOf, short, withUnit } from "./numbers.ts";

export function heading(data: PageData): readonly HTMLElement[] {
  const { kernel, jobId, about, state, counts, axes, summary } = data;
  const shape = axes.map(({ length }) => count(length)).join(" × ");
  const stored = `${count(counts.done)} of ${counted(counts.total, partOf(data))} stored`;
  const failed = counts.failed > 0 ? `, ${count(counts.failed)} failed` : "";
  return [
    el("h1", {}, `${kernel}${shape && `, ${shape}`}`),
    el(
      "p",
      {},
      el("strong", { id: "state" }, state),
      ` · ${stored}${failed}`,
      summary && ` · ${duration(summary.makespanMs)}`,
      ` · job ${jobId}`,
    ),
    ...(about ? [el("p", {}, about)] : []),
  ];
}

export function summarySection(data: PageData): HTMLElement {
  const { summary, counts, cost, plan, engine, submittedAtMs, inputs } = data;
  const part = partOf(data);
  const rows: [string, string | undefined][] = [
    [
      "submitted",
      new Date(submittedAtMs)
        .toISOString()
        .replace("T", " ")
        .replace(/\.\d+Z$/, " UTC"),
    ],
    ["engine", engine],
    [data.values.length > 0 ? "cells" : "items", summary && count(summary.elements)],
    ["stored", summary && bytes(summary.storedBytes)],
    ["time from submission to end", summary && duration(summary.makespanMs)],
    [
      "time until the first worker began",
      summary?.waitedMs === undefined ? undefined : duration(summary.waitedMs),
    ],
    [`CPU time of all ${part}s`, summary && duration(summary.computeMs)],
    ["workers at a time", count(counts.workers)],
    ["cold starts", count(counts.coldStarts)],
    // A task may wait most of the time: its processor time tells nothing of more workers.
    [
      "speed-up, efficiency",
      summary && part === "chunk"
        ? `${summary.speedUp.toFixed(2)}, ${summary.efficiency.toFixed(2)}`
        : undefined,
    ],
    ["items that failed", summary?.failedItems === undefined ? undefined : count(summary.failedItems)],
    ["failed attempts", count(counts.failedAttempts)],
    [`${part}s reissued`, summary && summary.reissued > 0 ? count(summary.reissued) : undefined],
    [
      `${part}s whose times are unknown`,
      summary && summary.unknownTimes > 0 ? count(summary.unknownTimes) : undefined,
    ],
    ["cost on a deployment", cost && `${usd(cost.usd)}, ${cost.basis}`],
    ...(cost?.byStage ?? []).map(({ stage, usd: of }): [string, string] => [`cost of the ${stage}`, usd(of)]),
    [
      "planned time",
      plan &&
        `${duration(1000 * plan.seconds.expected)} (${duration(1000 * plan.seconds.low)} to ${duration(1000 * plan.seconds.high)})`,
    ],
    [
      "planned cost",
      plan && plan.usd.expected > 0
        ? `${usd(plan.usd.expected)} (${usd(plan.usd.low)} to ${usd(plan.usd.high)})`
        : undefined,
    ],
  ];
  return section(
    "summary",
    "Summary",
    table(
      "The job",
      ["what", "figure"],
      rows.flatMap(([name, told]) => (told === undefined ? [] : [[name, told]])),
    ),
    inputs.length > 0 &&
      table(
        "Inputs that were held fixed",
        ["input", "value"],
        inputs.map(({ name, value, unit }) => [name, withUnit(short(value, 12), unit)]),
      ),
  );
}

export function memorySection({ memory }: PageData): HTMLElement | undefined {
  if (memory.length === 0) return undefined;
  const mb = (value: number | undefined) =>
    value === undefined ? "not measured" : `${count(Math.round(value))} MB`;
  return section(
    "memory",
    "Memory",
    el(
      "p",
      {},
      "The most resident memory that a process of each stage had, by formula and, on this machine, as it was.",
    ),
    table(
      "Peak memory",
      ["process", "predicted", "measured"],
      memory.map(({ stage, predictedMb, measuredMb }) => [
        stage,
        predictedMb === undefined ? "no formula" : mb(predictedMb),
        mb(measuredMb),
      ]),
    ),
  );
}

export function failuresSection(data: PageData): HTMLElement {
  const { failures, counts, summary } = data;
  const part = partOf(data);
  const items = summary?.failedItems ?? 0;
  const more = counts.failed + counts.failedAttempts + items - failures.length;
  return section(
    "failures",
    "Failures",
    failures.length === 0
      ? el(
          "p",
          {},
          counts.failed > 0 ? `${counted(counts.failed, part)} failed, and no worker said why.` : "None.",
        )
      : table(
          "Failed attempts",
          [part, "attempt", "when", "then", "error", "log"],
          failures.map(({ chunk, attempt, atMs, isFinal, error, log }) => [
            ...[
              String(chunk),
              String(attempt),
              atMs === undefined ? "" : duration(atMs),
              isFinal ? "failed for good" : "tried again",
            ],
            ...[error, log],
          ]),
        ),
    more > 0 &&
      failures.length > 0 &&
      el(
        "p",
        {},
        `And ${count(more)} more, in ${items > 0 ? "results.jsonl" : "failures/"} of the job's folder.`,
      ),
  );
}

export function readingSection({ axes, values, jobId, more }: PageData): HTMLElement {
  if (values.length === 0)
    return section(
      "read",
      "How to read the results",
      code("head -3 results.jsonl  # in the job's folder: a line an item", "Shell"),
    );
  const [{ name } = { name: "" }] = values;
  const corner = axes.map(() => "0").join(", ");
  const python = `import xarray  # pip install xarray zarr
ds = xarray.open_zarr("array")  # in the job's folder: axes with names, units and coordinates
ds${name && `["${name}"]`}`;
  const zarr = `import zarr  # the numbers as they are stored
zarr.open("array${name && `/${name}`}", mode="r")[${corner}]`;
  const node = `import { open } from "manyhands"; // npm install the .tgz that npm run build:package makes
const job = await open(${JSON.stringify(jobId)}); // below results/, or the path of the folder
const { values, shape } = await job.${name ? `arrays.${name}` : "array"}.get(); // or a window of it`;
  return section(
    "read",
    "How to read the array",
    el(
      "p",
      {},
      "The array is Zarr v3, in array/ beside this file; a chunk that is missing reads as the fill value.",
    ),
    el("h3", {}, "Python"),
    code(python, "Python, xarray"),
    code(zarr, "Python, zarr"),
    el("h3", {}, "Node"),
    code(node, "Node"),
    details(
      "Without a program",
      el(
        "p",
        {},
        `${more?.table} writes it as CSV, a line a cell; manyhands run --npy and manyhands fetch --npy write result.npy.`,
      ),
    ),
  );
}

export function commandSection({ command }: PageData): HTMLElement {
  return section(
    "command",
    "The command that made it",
    command === ""
      ? el("p", {}, "The library, or a command elsewhere: job.json beside this file has the whole request.")
      : code(command, "Command"),
  );
}
