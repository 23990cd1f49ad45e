/** What `manyhands scale` prints for a person. */
import { styleText } from "node:util";
import type { Scaling, Width } from "../../client/scale/scaling.ts";
import type { Cause } from "../../client/scale/what-happened.ts";
import { counted } from "../../shared/validation/counted.ts";
import { printable } from "../../shared/validation/printable.ts";
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
