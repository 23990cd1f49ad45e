/** What `manyhands scale` prints for a person. */
import { styleText } from "node:util";
import type { Scaling, Width } from "../../client/scale/scaling.ts";
import type { SimulatedWidth, Simulation } from "../../client/scale/simulate.ts";
import type { Cause } from "../../client/scale/what-happened.ts";
import { count, counted } from "../../shared/validation/counted.ts";
import { printable } from "../../shared/validation/printable.ts";
import { usd } from "../../shared/validation/usd.ts";
import { columns, seconds } from "./text.ts";

export interface WhatScaled {
  readonly kernel: string;
  readonly engine: string;
  readonly isPlain: boolean;
  readonly repeats: number;
}

const COLUMNS: readonly (readonly [string, (width: Width) => string])[] = [
  ["workers", ({ workers }) => String(workers)],
  ["time", ({ run }) => seconds(1000 * run.seconds)],
  ["fastest", ({ fastest }) => seconds(1000 * fastest)],
  ["speed-up", ({ speedUp }) => speedUp.toFixed(2)],
  ["efficiency", ({ efficiency }) => `${Math.round(100 * efficiency)} %`],
  ["Karp-Flatt", (width) => width.karpFlatt?.toFixed(3) ?? ""],
  ["Amdahl", ({ amdahl }) => amdahl?.toFixed(2) ?? ""],
  ["Gustafson", ({ gustafson }) => gustafson?.toFixed(2) ?? ""],
];

export function scaleText(what: WhatScaled, { widths }: Scaling, causes: readonly Cause[]): string {
  const plain = what.isPlain ? ", plain" : "";
  const title = `${printable(what.kernel)} on engine ${what.engine}${plain}: from the command's start to its end, the middle of ${counted(what.repeats, "run")}`;
  const shown = COLUMNS.filter(([, cell]) => widths.some((width) => cell(width) !== ""));
  const rows = [
    shown.map(([heading]) => heading),
    ...widths.map((width) => shown.map(([, cell]) => cell(width))),
  ];
  const remarks = causes.map(({ sentence }) => `${sentence}\n`).join("");
  return `${styleText("bold", title)}\n${columns(rows)}${remarks && `\n${remarks}`}`;
}

const SIMULATED: readonly (readonly [string, (width: SimulatedWidth) => string])[] = [
  ["workers", ({ workers }) => count(workers)],
  ["time", (width) => seconds(1000 * width.seconds)],
  ["speed-up", ({ speedUp }) => speedUp.toFixed(1)],
  ["efficiency", ({ efficiency }) => percent(efficiency)],
  ["on AWS: workers", ({ aws }) => (aws ? count(aws.workers) : "")],
  ["time", ({ aws }) => (aws ? seconds(1000 * aws.seconds.expected) : "")],
  ["speed-up", ({ aws }) => aws?.speedUp.toFixed(1) ?? ""],
  ["cost", ({ aws }) => (aws ? usd(aws.usd.expected) : "")],
];

/** What is simulated, and by what: below what was measured. */
export function simulationText({ widths: measured }: Scaling, simulation: Simulation): string {
  const { widths, from, messages, memoryMb, pricesDate } = simulation;
  const hasAws = widths.some(({ aws }) => aws);
  const shown = hasAws ? SIMULATED : SIMULATED.slice(0, 4);
  const rows = [
    shown.map(([heading]) => heading),
    ...widths.map((width) => shown.map(([, cell]) => cell(width))),
  ];
  const run = measured.map(({ workers }) => count(workers));
  const others = run.slice(0, -1).join(", ");
  const ran = others === "" ? counted(measured[0]!.workers, "worker") : `${others} and ${run.at(-1)} workers`;
  const idle = (widths.at(-1)?.workers ?? 0) > messages;
  const sentences = [
    `The table above was measured, on ${ran}; these rows are simulated, by the model of \`plan\` and the chunks' measured time: a machine like this one with a core for each worker. Of the ${time(from.seconds)} that ${counted(from.workers, "worker")} took here ${time(from.keptSeconds)} stay in each row: start and end, and what the model does not explain.`,
    hasAws
      ? `On AWS: a deployment that may have as many workers of ${count(memoryMb)} MB, and has those that its splitter and its mapping would start; by prices of ${printable(pricesDate)}, and no run there has confirmed it.`
      : `No row is of AWS: a worker of ${count(memoryMb)} MB would not be through with a message.`,
    ...(idle
      ? [
          `The job has ${counted(messages, "message")}: more workers have nothing to do. Smaller chunks (--chunk), or a larger job, share further.`,
        ]
      : []),
  ];
  return `${styleText("bold", "Simulated")}\n${columns(rows)}\n${sentences.map((each) => `${each}\n`).join("")}`;
}

const time = (value: number) => seconds(1000 * value);
const percent = (share: number) =>
  `${share < 0.1 ? (100 * share).toPrecision(2) : Math.round(100 * share)} %`;
