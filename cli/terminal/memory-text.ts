/** What `manyhands memory` prints for a person. */
import { styleText } from "node:util";
import type { JobMemory, Sent } from "../../client/memory/job-memory.ts";
import type { Pickled } from "../../client/memory/pickled.ts";
import type { Job } from "../../shared/record/job.ts";
import type { Peak } from "../../shared/record/memory.ts";
import { count, counted } from "../../shared/validation/counted.ts";
import { bytes, columns, whatOf } from "./text.ts";

/** The peaks by stage, the bytes by what they are, and in words what the one weighs against the other. */
export function memoryText(
  { jobId, spec }: Pick<Job, "jobId" | "spec">,
  memory: JobMemory,
  pickles: readonly Pickled[],
): string {
  return [
    `${styleText("bold", `${whatOf(spec)}, job ${jobId}: peak memory`)}\n`,
    columns(peakRows(memory)),
    `${memory.basis}\n\n`,
    `${styleText("bold", "What was sent, and what for")}\n`,
    columns(byteRows(memory, pickles)),
    `\n${sentences(memory, pickles).join("\n")}\n`,
  ].join("");
}

const mb = (value: number) => `${Math.round(value)} MB`;

function peakRows({ stages, client }: JobMemory): string[][] {
  const measured = (peak: Peak | undefined) =>
    peak
      ? [
          mb(peak.mb),
          peak.processes === 1 ? "1 process" : `the largest of ${count(peak.processes)} processes`,
        ]
      : ["", ""];
  const rows = Object.entries(stages).map(([name, { predictedMb, measured: peak }]) => [
    ...[name, mb(predictedMb)],
    ...measured(peak),
  ]);
  const inCommand = stages.worker.measured ? "the queues and the store" : "all stages";
  return [
    ["stage", "predicted", "measured", ""],
    ...rows,
    ...(client ? [["the command", "", mb(client.mb), `with ${inCommand} in it`]] : []),
  ];
}

function byteRows({ sent, arrayBytes, storedBytes }: JobMemory, pickles: readonly Pickled[]): string[][] {
  const { messages, job, reports } = sent;
  const row = (name: string, value: number, remark: string) => [name, bytes(value), remark];
  return [
    ["", "bytes", ""],
    ...(messages ? [row("chunk messages", messages.bytes, `${counted(messages.count, "message")}`)] : []),
    row(
      "job.json",
      job.bytes * job.readers,
      `${bytes(job.bytes)}, read once by each of ${counted(job.readers, "worker")}`,
    ),
    row(
      "reports",
      reports.bytes,
      `${counted(reports.count, "report")}; ${bytes(reports.tileBytes)} are the tiles of the pictures`,
    ),
    ...(arrayBytes === undefined
      ? []
      : [row("the array", arrayBytes, "in memory, if it were whole anywhere")]),
    row("stored", storedBytes, arrayBytes === undefined ? "the results" : "its chunks, compressed"),
    ...pickles.map(({ bytes: weight, cells, lists, by }) =>
      row("pickled", weight, `coordinates of ${count(cells)} cells in ${lists} lists, by ${by}`),
    ),
  ];
}

/** How many times as much, to two digits. */
const times = (ratio: number) => (ratio < 10 ? ratio.toPrecision(2) : count(Number(ratio.toPrecision(2))));

function sentences(
  { sent, arrayBytes }: JobMemory,
  [tutorial, own = tutorial]: readonly Pickled[],
): string[] {
  const recipe = recipeBytes(sent);
  if (recipe === undefined) return ["Its messages' bytes are not known: an earlier version sent them."];
  if (recipe === 0) return ["Nothing was sent yet."];
  const said = [`The recipe, messages and job.json together, is ${bytes(recipe)}.`];
  if (arrayBytes !== undefined)
    said.push(
      arrayBytes > recipe
        ? `The array is ${times(arrayBytes / recipe)} times as much: the workers are told what to compute, and derive the coordinates themselves.`
        : "The array is no larger: of so small a job the recipe is most of what travels.",
    );
  if (arrayBytes !== undefined && own)
    said.push(
      `The tutorial's Parallel Python sent the coordinates: for ${count(own.cells)} cells ${bytes(own.bytes)} of pickles, ${times(own.bytes / recipe)} times the recipe, before a worker had computed anything.`,
    );
  return said;
}

/** Undefined where it is not known. */
function recipeBytes({ messages, job }: Sent): number | undefined {
  return messages && messages.bytes + job.bytes * job.readers;
}
