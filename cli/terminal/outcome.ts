import { styleText } from "node:util";
import type { RunResult } from "../../client/engines/engine.ts";
import { longWaitMs } from "../../shared/record/attendance.ts";
import type { Summary } from "../../shared/record/summary.ts";
import { withMore } from "../../shared/record/with-more.ts";
import { commandLine, pathOf, placeOf } from "../../shared/validation/command-line.ts";
import { count, counted } from "../../shared/validation/counted.ts";
import { printable } from "../../shared/validation/printable.ts";
import { roughly } from "../../shared/validation/roughly.ts";
import { belowOne } from "./below-one.ts";
import { costLine, limitLine } from "./cost-line.ts";
import { planLine } from "./plan-line.ts";
import { aligned, bytes, seconds, whatOf } from "./text.ts";

/** The outcome of a run, for a person or a program. */
export interface Outcome extends RunResult {
  readonly engine: string;
  readonly folder: string;
  /** The sum that the job must have, if one is known. */
  readonly reference: number | undefined;
  /** The number of messages that could not be parsed. */
  readonly rejected: number;
  /** True if a resumed job lacked no chunk. */
  readonly lackedNothing?: boolean;
  /** Options that its next resumption needs. */
  readonly again?: readonly string[];
}

type Line = readonly [string, string];

export function asJson(outcome: Outcome): object {
  const { summary, phasesMs, engine, folder, reference, rejected, site, fetched } = outcome;
  const { jobId, state, shape, elements, sum, chunks, makespanMs, computeMs, ...rest } = summary;
  const { version: _, ...more } = rest;
  const speedUpBelowOne = summary.items ? undefined : belowOne(summary);
  return {
    ...{ jobId, state, engine, shape, elements, sum, chunks, makespanMs, computeMs, phasesMs, folder },
    ...(reference !== undefined && { reference: { sum: reference, matches: sum === reference } }),
    ...more,
    ...(speedUpBelowOne && { speedUpBelowOne }),
    rejected,
    ...site?.fields,
    ...(fetched && { fetched }),
  };
}

export function asText(outcome: Outcome): string {
  const { summary, engine, phasesMs } = outcome;
  const { items } = summary;
  const lines: Line[] = [
    ...(items ? itemLines(summary, items) : cellLines(outcome)),
    ...(outcome.rejected > 0
      ? [["rejected", `${outcome.rejected} messages, kept in rejected/`] as const]
      : []),
    ...(summary.reissued.chunks > 0 ? [["reissued", reissued(summary)] as const] : []),
    ...costLine(summary),
    ...limitLine(summary.limit?.maxUsd),
    ...planLine(summary, phasesMs),
    ["phases", phases(phasesMs)],
    ["files", files(outcome)],
    ...(outcome.site?.lines ?? []),
  ];
  const title = `${whatOf(summary.spec)} on engine ${engine}: ${stateText(summary)}${outcome.lackedNothing ? ", nothing was missing" : ""}`;
  return aligned(title, lines);
}

function cellLines(outcome: Outcome): Line[] {
  const { summary } = outcome;
  const { spec, chunks, slowestChunk } = summary;
  const workers = counted(summary.workers, "worker");
  const why = belowOne(summary);
  return [
    [
      "elements",
      `${count(summary.elements)} in ${counted(chunks.total, "chunk")} of ${spec.chunkShape.join(" x ")}`,
    ],
    ["sum", `${sums(summary)}${verdict(outcome)}`],
    ...nonFinite(summary),
    [
      "makespan",
      `${seconds(summary.makespanMs)}, from submission to the last chunk${waited(summary)}${paused(summary)}${moved(summary)}`,
    ],
    ["compute", `${seconds(summary.computeMs)} of CPU time in the chunks${unknown(summary)}`],
    [
      "speed-up",
      `${summary.speedUp.toFixed(2)}, compute / makespan, on ${workers} (efficiency ${Math.round(summary.efficiency * 100)} %)`,
    ],
    ...(why ? [["", why.sentence] as const] : []),
    ...(slowestChunk
      ? [["slowest", `chunk ${slowestChunk.chunk}, ${seconds(slowestChunk.cpuMs)}`] as const]
      : []),
  ];
}

/** For stderr: which chunks, or items, failed and why, and what computes them. Empty for a complete job. */
export function remarksOn(outcome: Outcome): string {
  return [...failures(outcome.summary), ...goingOn(outcome)].map((line) => `${line}\n`).join("");
}

function sums({ sum, values }: Summary): string {
  if (!values) return String(sum);
  return values.map((value) => `${value.sum} of ${printable(value.name)}`).join(", ");
}

/** A task may wait most of the time, so its processor time tells little. */
function itemLines(summary: Summary, { total, given, failed }: Items): Line[] {
  const { spec, chunks } = summary;
  return [
    ["items", `${count(given)} of ${count(total)} gave a value, ${count(failed)} failed`],
    ["shards", `${count(chunks.total)} of ${counted(spec.chunkShape[0] ?? 1, "item")}`],
    [
      "makespan",
      `${seconds(summary.makespanMs)} on ${counted(summary.workers, "worker")}, from submission to the last shard${waited(summary)}${paused(summary)}${moved(summary)}`,
    ],
  ];
}

type Items = NonNullable<Summary["items"]>;

function waited({ waitedMs }: Summary): string {
  const ms = longWaitMs(waitedMs);
  return ms === 0 ? "" : `, ${roughly(ms)} of it before a worker began`;
}

function paused({ round }: Summary): string {
  return round > 0 ? ", without the pause before it was resumed" : "";
}

/** A line about workers whose clocks gave impossible times. */
function moved({ clampedStarts }: Summary): string {
  return clampedStarts > 0
    ? `; ${counted(clampedStarts, "chunk")} by a clock that was wrong, and counted from where they can have begun`
    : "";
}

/** A line about chunks that an earlier attempt had stored and did not report: their computing time is unknown. */
function unknown({ unknownTimes }: Summary): string {
  return unknownTimes > 0 ? `, without ${counted(unknownTimes, "chunk")} found stored` : "";
}

/** Cells that are no finite number are in no sum: a kernel with a misspelt input gives nothing else. */
function nonFinite({ elements, nonFinite: first, values }: Summary): Line[] {
  const all = values ?? [{ name: "", nonFinite: first }];
  const texts = all
    .filter((value) => value.nonFinite > 0)
    .map(
      (value) =>
        `${count(value.nonFinite)} of ${counted(elements, "cell")}${value.name && ` of ${value.name}`}`,
    );
  return texts.length > 0 ? [["no number", `${texts.join(", ")}: NaN or infinite`]] : [];
}

function verdict({ summary, reference }: Outcome): string {
  if (reference === undefined) return "";
  if (summary.sum === reference) return styleText("green", "  ✔ the tutorial's own sum");
  return styleText("red", `  ✘ expected ${reference}, the tutorial's own sum`);
}

function stateText({
  state,
  cancelledFor,
  chunks: { total, done, failed },
  items,
  tolerated,
}: Summary): string {
  const style = state === "complete" ? "green" : tolerated ? "yellow" : "red";
  const allowed = tolerated ? ", no more than allowed" : "";
  const failures = items
    ? { failed: items.failed, of: counted(items.total, "item") }
    : { failed, of: counted(total, "chunk") };
  const lacking = [
    ...(cancelledFor === "budget" ? ["it may cost no more"] : []),
    ...(failures.failed > 0 ? [`${count(failures.failed)} of ${failures.of} failed${allowed}`] : []),
    ...(state === "cancelled"
      ? [
          `${count(total - done - failed)} of ${count(total)} ${items ? "shards were not done" : "were not begun"}`,
        ]
      : []),
  ];
  return styleText(style, state) + (lacking.length > 0 ? ` (${lacking.join(", ")})` : "");
}

function reissued({ reissued: { chunks, savedMs } }: Summary): string {
  const saved = savedMs > 0 ? `, which saved ${seconds(savedMs)}` : "";
  return `${counted(chunks, "chunk")} that seemed lost or late${saved}`;
}

/** How the job becomes complete after all. */
function goingOn({ summary, engine, folder, site, again = [] }: Outcome): string[] {
  if (summary.state === "complete") return [];
  // Every chunk is stored, but copies differ: a person has to decide.
  if (summary.failures.length > 0 && summary.failures.every(({ disputed }) => disputed)) return [];
  const more = [...again, ...withMore(summary)];
  const command = site
    ? commandLine("resume", summary.jobId, "--engine", engine, ...site.options, ...more)
    : commandLine("resume", pathOf(folder), ...more);
  const isWhole = summary.chunks.done === summary.chunks.total;
  const what = summary.items && isWhole ? "This tries what failed again:" : "This computes what is missing:";
  const isEnough = summary.limit?.enoughUsd === undefined ? "" : ", with a limit that is probably enough";
  return [`${what.slice(0, -1)}${isEnough}:`, `  ${command}`];
}

function phases(phasesMs: RunResult["phasesMs"]): string {
  const names: Readonly<Record<string, string>> = { startUp: "start-up", shutDown: "shut-down" };
  return Object.entries(phasesMs)
    .map(([name, ms]) => `${names[name] ?? name} ${seconds(ms)}`)
    .join(", ");
}

function files({ summary, folder, fetched, site }: Outcome): string {
  if (fetched === "pictures" && site) {
    const fetch = commandLine("fetch", summary.jobId, ...site.options);
    return `${placeOf(folder)}/ (pictures only; \`${fetch}\` brings the rest, ${bytes(summary.storedBytes)})`;
  }
  if (summary.items) return `${placeOf(folder)}/ (results.jsonl has a line an item)`;
  return `${placeOf(folder)}/ (array/ is Zarr v3; pictures beside summary.json)${summary.state === "complete" ? "" : ", missing chunks read as the fill value"}`;
}

const SHOWN_FAILURES = 5;

function failures({ failures, chunks, items }: Summary): string[] {
  if (items) return itemFailures(items);
  const shown = failures
    .slice(0, SHOWN_FAILURES)
    .map(
      ({ chunk, error, attempts, logStream }) =>
        `  chunk ${chunk}: ${printable(error)} (${attempts > 0 ? counted(attempts, "attempt") : "no attempt known"}, log ${printable(logStream) || "unknown"})`,
    );
  const more = chunks.failed - shown.length;
  return more > 0 ? [...shown, `  and ${count(more)} more in summary.json`] : shown;
}

function itemFailures({ failed, failures }: Items): string[] {
  const shown = failures
    .slice(0, SHOWN_FAILURES)
    .map(({ index, error }) => `  item ${index}: ${printable(error)}`);
  const more = failed - shown.length;
  return more > 0 ? [...shown, `  and ${count(more)} more in results.jsonl`] : shown;
}
