import { relative, resolve } from "node:path";
import { styleText } from "node:util";
import type { Summary } from "../shared/summary.ts";
import type { PhasesMs } from "./engines/engine.ts";

/** How a run ended, for a person or a program to read. */
export interface Outcome {
  readonly summary: Summary;
  readonly phasesMs: PhasesMs;
  readonly engine: string;
  readonly folder: string;
  /** The sum the job must have, where one is known. */
  readonly reference: number | undefined;
  /** Messages that nobody could parse. */
  readonly rejected: number;
}

/** A folder as a person would name it: relative below the working directory, absolute elsewhere. */
export function placeOf(folder: string): string {
  const path = relative(process.cwd(), folder) || ".";
  return path.startsWith("..") ? resolve(folder) : path;
}

export function asJson({ summary, phasesMs, engine, folder, reference, rejected }: Outcome): object {
  const { jobId, state, shape, elements, sum, chunks, makespanMs, computeMs, ...rest } = summary;
  const { version: _, ...more } = rest;
  return {
    ...{ jobId, state, engine, shape, elements, sum, chunks, makespanMs, computeMs, phasesMs, folder },
    ...(reference !== undefined && { reference: { sum: reference, matches: sum === reference } }),
    ...more,
    rejected,
  };
}

export function asText(outcome: Outcome): string {
  const { summary, engine, phasesMs } = outcome;
  const { spec, shape, chunks, slowestChunk } = summary;
  const workers = counted(summary.workers, "worker");
  const lines: [string, string][] = [
    [
      "elements",
      `${count(summary.elements)} in ${counted(chunks.total, "chunk")} of ${spec.chunkShape.join(" x ")}`,
    ],
    ["sum", `${summary.sum}${verdict(outcome)}`],
    ["makespan", `${seconds(summary.makespanMs)}, from submission to the last chunk`],
    ["compute", `${seconds(summary.computeMs)} of CPU time in the chunks`],
    [
      "speed-up",
      `${summary.speedUp.toFixed(2)}, compute / makespan, on ${workers} (efficiency ${Math.round(summary.efficiency * 100)} %)`,
    ],
    ...(slowestChunk
      ? [["slowest", `chunk ${slowestChunk.chunk}, ${seconds(slowestChunk.cpuMs)}`] as [string, string]]
      : []),
    ...(outcome.rejected > 0
      ? [["rejected", `${outcome.rejected} messages, kept in rejected/`] as [string, string]]
      : []),
    ["phases", phases(phasesMs)],
    ["files", files(outcome)],
  ];
  const title = `${spec.kernel} ${shape.join(" x ")} on engine ${engine}: ${stateText(summary)}`;
  const body = lines.map(([name, text]) => `  ${styleText("dim", name.padEnd(9))} ${text}`);
  return `${[styleText("bold", title), ...body, ...failures(summary)].join("\n")}\n`;
}

function verdict({ summary, reference }: Outcome): string {
  if (reference === undefined) return "";
  if (summary.sum === reference) return styleText("green", "  ✔ the tutorial's own sum");
  return styleText("red", `  ✘ expected ${reference}, the tutorial's own sum`);
}

function stateText({ state, chunks }: Summary): string {
  const style = state === "complete" ? "green" : "red";
  const missing =
    chunks.failed > 0 ? ` (${count(chunks.failed)} of ${count(chunks.total)} chunks failed)` : "";
  return styleText(style, state) + missing;
}

function phases(phasesMs: PhasesMs): string {
  const names: Readonly<Record<string, string>> = { startUp: "start-up", shutDown: "shut-down" };
  return Object.entries(phasesMs)
    .map(([name, ms]) => `${names[name] ?? name} ${seconds(ms)}`)
    .join(", ");
}

function files({ summary, folder }: Outcome): string {
  return `${placeOf(folder)}/ (array/ is Zarr v3; pictures beside summary.json)${summary.state === "complete" ? "" : ", missing chunks read as the fill value"}`;
}

const SHOWN_FAILURES = 5;

function failures({ failures, chunks }: Summary): string[] {
  const shown = failures
    .slice(0, SHOWN_FAILURES)
    .map(
      ({ chunk, error, attempts, logStream }) =>
        `  chunk ${chunk}: ${printable(error)} (${counted(attempts, "attempt")}, log ${logStream || "unknown"})`,
    );
  const more = chunks.failed - shown.length;
  return more > 0 ? [...shown, `  and ${count(more)} more in summary.json`] : shown;
}

/** Text that came with a job must not steer the terminal. */
function printable(text: string): string {
  return text.replace(
    /\p{Cc}/gu,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

function counted(value: number, thing: string): string {
  return `${count(value)} ${thing}${value === 1 ? "" : "s"}`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}

function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
