import { styleText } from "node:util";
import { arrayShape } from "../../shared/array/grid.ts";
import { isMap, type JobSpec } from "../../shared/array/spec.ts";
import { counted } from "../../shared/validation/counted.ts";
import { printable, UNSEEN } from "../../shared/validation/printable.ts";
import { roughly } from "../../shared/validation/roughly.ts";

/** Formats figures and sentences for a terminal. */

/** From a run's first phase to the end of its last. */
export const wholeSeconds = (phasesMs: Readonly<Record<string, number>>): number =>
  Object.values(phasesMs).reduce((ms, phase) => ms + phase, 0) / 1000;

const NAME_WIDTH = 9;
/** Clocks without synchronisation differ by about this much. */
const SKEW_MS = 1000;

/** A title, and below it lines with their names in front. */
export function aligned(title: string, lines: readonly (readonly [string, string])[]): string {
  const body = lines.map(([name, text]) => `  ${styleText("dim", name.padEnd(NAME_WIDTH))} ${text}`);
  return `${[styleText("bold", title), ...body].join("\n")}\n`;
}

/** Rows under a heading, each column as wide as its widest cell. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, k) => Math.max(...rows.map((row) => row[k]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, k) => cell.padEnd(widths[k] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return `${lines.map((line, k) => (k === 0 ? styleText("dim", line) : line)).join("\n")}\n`;
}

/**
 * A kernel's name and the array's shape, or a task's name and its items. The name is made printable: it comes from a store, which may hold anything.
 */
export const whatOf = (spec: JobSpec): string => `${printable(spec.kernel)} ${sizeOf(spec)}`;

/** The array's shape, or the number of a task's items. */
export function sizeOf(spec: JobSpec): string {
  const shape = arrayShape(spec);
  return isMap(spec) ? counted(shape[0] ?? 0, "item") : shape.join(" x ");
}

/** One JSON value on a line of its own, for programs; control characters are escaped, so it cannot steer a terminal. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value).replace(UNSEEN, (character) => character.split("").map(codeUnit).join(""))}\n`;
}

function codeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A measured time, to about three digits. */
export function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/** The same, and roughly where it is long: such times need no hundredths. */
export const lasted = (ms: number, exactBelowMs: number): string =>
  ms < exactBelowMs ? seconds(ms) : roughly(ms);

/** How long ago a moment (epoch ms) was, roughly; says so if this clock and the other differ. */
export function ago(atMs: number, nowMs = Date.now()): string {
  const ms = nowMs - atMs;
  return ms < -SKEW_MS ? `${roughly(-ms)} in the future by this clock` : `${roughly(Math.max(ms, 0))} ago`;
}

export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log10(Math.max(value, 1)) / 3), units.length - 1);
  return `${power === 0 ? value : (value / 1000 ** power).toPrecision(3)} ${units[power]}`;
}
