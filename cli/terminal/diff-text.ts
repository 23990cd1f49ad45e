/** What `manyhands diff` prints, for a person and for a program. */
import { styleText } from "node:util";
import type { ArraysDifference, ComparedJob, ValueDifference } from "../../client/diff/arrays-difference.ts";
import { type Apart, differing } from "../../client/diff/cells-difference.ts";
import type { SettingDifference } from "../../client/diff/settings-difference.ts";
import type { Site } from "../../client/remote/remote.ts";
import { type Axis, lengthOf, pointsOf } from "../../shared/array/grid.ts";
import { layoutOf } from "../../shared/array/layout.ts";
import { namedAxes } from "../../shared/record/axis-names.ts";
import type { Summary } from "../../shared/record/summary.ts";
import { count, counted } from "../../shared/validation/counted.ts";
import { printable } from "../../shared/validation/printable.ts";
import { usd } from "../../shared/validation/usd.ts";
import { bytes, columns, seconds } from "./text.ts";

interface Diffed extends ComparedJob {
  readonly site: Pick<Site, "place" | "fields">;
  readonly summary: Summary | undefined;
}

export interface Diff {
  readonly a: Diffed;
  readonly b: Diffed;
  /** Undefined where their shapes differ. */
  readonly arrays: ArraysDifference | undefined;
  readonly settings: readonly SettingDifference[];
  /** The pictures' files. */
  readonly drawn: readonly string[];
}

export function diffText(found: Diff): string {
  const { a, b, arrays, settings, drawn } = found;
  const names = namesOf(a, b);
  const parts = [
    `${styleText("bold", `${names.join(" and ")}: ${verdict(found)}`)}\n`,
    ...(arrays ? valueLines(a, arrays, names) : [otherShapes(a, b)]),
    `\n${columns([["", ...names, ""], ...timeRows(a.summary, b.summary)])}`,
    settings.length > 0
      ? `\n${columns([["setting", ...names], ...settings.map(settingRow)])}`
      : "\nNo setting differs.\n",
    ...drawn.map(
      (path) => `${printable(path)} shows where: red where ${names[1]} has more, blue where it has less.\n`,
    ),
  ];
  return parts.join("");
}

/** Ids, or where they lie where both have the same one. */
function namesOf(a: Diffed, b: Diffed): readonly [string, string] {
  const [idA, idB] = [a.job.jobId, b.job.jobId];
  if (idA !== idB) return [idA, idB];
  const [placeA, placeB] = [a.site.place, b.site.place];
  return placeA === placeB ? [`${idA} (a)`, `${idB} (b)`] : [placeA, placeB];
}

function verdict({ arrays, settings }: Diff): string {
  if (!arrays) return "arrays of other shapes";
  if (arrays.values.length === 0) return "no value in common";
  const cells = arrays.values.reduce((sum, value) => sum + differing(value), 0);
  if (cells > 0) return "other values";
  const { otherAxes, onlyA, onlyB } = arrays;
  if (otherAxes.length > 0) return `the same values, on other points of ${otherAxes.join(", ")}`;
  if (onlyA.length + onlyB.length > 0) return "the same values, as far as both have them";
  return settings.length > 0 ? "the same values, by other settings" : "the same values";
}

function otherShapes(a: Diffed, b: Diffed): string {
  const [ofA, ofB] = [a, b].map(({ job }) => layoutOf(job.spec).shape.join(" x "));
  return `No cell is compared: one array is ${ofA}, the other ${ofB}. Their times and settings are below.\n`;
}

function valueLines(
  a: Diffed,
  { values, otherAxes, onlyA, onlyB }: ArraysDifference,
  names: readonly [string, string],
): string[] {
  const lines = values.flatMap((value) => linesOf(value, a, names));
  const has = (name: string, alone: readonly string[]) =>
    alone.length > 0 ? [`${name} alone has ${alone.map(printable).join(", ")}.`] : [];
  if (otherAxes.length > 0)
    lines.push(
      `Their points differ along ${otherAxes.join(", ")}: cells are compared by their index, not by their place.`,
    );
  return [...lines, ...has(names[0], onlyA), ...has(names[1], onlyB)].map((line) => `${line}\n`);
}

function linesOf(value: ValueDifference, a: Diffed, [nameA, nameB]: readonly [string, string]): string[] {
  const { elements } = layoutOf(a.job.spec);
  const { name, absolute, relative, within } = value;
  const cells = differing(value);
  const share = cells > 0 ? ` (${percent(cells / elements)})` : "";
  const aside = ([number, what]: readonly [number, string]) =>
    number > 0 ? [`  ${count(number)} ${what}`] : [];
  return [
    `${printable(name)}: ${count(cells)} of ${counted(elements, "cell")} ${cells === 1 ? "differs" : "differ"}${share}`,
    ...(absolute ? [`  by up to ${short(absolute.by)}: ${apartText(absolute, a)}`] : []),
    ...(relative
      ? [`  by up to ${percent(relative.by)} of the larger number: ${apartText(relative, a)}`]
      : []),
    ...(within ? [`  all of them within [${within.first.join(", ")}] to [${within.last.join(", ")}]`] : []),
    ...aside([value.onlyA, `have a number in ${nameA} only: a hole in ${nameB}, or NaN`]),
    ...aside([value.onlyB, `have a number in ${nameB} only: a hole in ${nameA}, or NaN`]),
    ...aside([value.specialA, `are ${means(value, a)} in ${nameA} only`]),
    ...aside([value.specialB, `are ${means(value, a)} in ${nameB} only`]),
    ...aside([value.neither, "have no number in either"]),
  ];
}

const means = ({ name }: ValueDifference, { declaration }: Diffed) => {
  const { special } = declaration.values.find((value) => value.name === name) ?? {};
  return `"${printable(special?.means ?? "special")}"`;
};

function apartText({ at, a: x, b: y }: Apart, { job, declaration }: Diffed): string {
  const places = namedAxes(job.spec, declaration).map(
    (axis, k) => `${axis.input} = ${short(pointsOf(axis, at[k]!, at[k]! + 1)[0]!)}`,
  );
  return `${short(x)} and ${short(y)} at [${at.join(", ")}], ${places.join(", ")}`;
}

const short = (value: number | string | boolean) =>
  typeof value === "number" && !Number.isInteger(value)
    ? String(Number(value.toPrecision(6)))
    : printable(String(value));
const percent = (share: number) => `${Number((100 * share).toPrecision(2))} %`;

interface Row {
  readonly name: string;
  readonly key: string;
  readonly of: (summary: Summary) => number | string | undefined;
  readonly text?: (value: number) => string;
}
const ROWS: readonly Row[] = [
  { name: "state", key: "state", of: ({ state }) => state },
  { name: "makespan", key: "makespanMs", of: ({ makespanMs }) => makespanMs, text: seconds },
  { name: "compute", key: "computeMs", of: ({ computeMs }) => computeMs, text: seconds },
  {
    name: "slowest chunk",
    key: "slowestChunkMs",
    of: ({ slowestChunk }) => slowestChunk?.cpuMs,
    text: seconds,
  },
  { name: "workers", key: "workers", of: ({ workers }) => workers, text: count },
  { name: "speed-up", key: "speedUp", of: ({ speedUp }) => speedUp, text: (value) => value.toFixed(2) },
  { name: "chunks", key: "chunks", of: ({ chunks }) => chunks.total, text: count },
  { name: "stored", key: "storedBytes", of: ({ storedBytes }) => storedBytes, text: bytes },
  { name: "failed attempts", key: "failedAttempts", of: ({ failedAttempts }) => failedAttempts, text: count },
  { name: "cost", key: "usd", of: ({ cost }) => cost?.usd, text: usd },
];

function timeRows(a: Summary | undefined, b: Summary | undefined): string[][] {
  return ROWS.flatMap(({ name, of, text = String }) => {
    const [x, y] = [a && of(a), b && of(b)];
    if (x === undefined && y === undefined) return name === "state" ? [[name, ENDLESS, ENDLESS]] : [];
    const cell = (value: number | string | undefined) =>
      value === undefined
        ? name === "state"
          ? ENDLESS
          : ""
        : typeof value === "number"
          ? text(value)
          : value;
    return [[name, cell(x), cell(y), typeof x === "number" && typeof y === "number" ? ratio(y / x) : ""]];
  });
}

const ENDLESS = "not ended";
/** Nothing where they are as good as equal, or one is nothing. */
function ratio(value: number): string {
  const rounded = Number(value.toPrecision(2));
  return rounded === 1 || rounded === 0 || !Number.isFinite(rounded) ? "" : `x ${rounded}`;
}

const settingRow = ({ field, a, b }: SettingDifference) => [printable(field), settingText(a), settingText(b)];

function settingText(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "object" && value !== null && "rule" in value) return axisText(value as Axis);
  return printable(typeof value === "string" ? value : JSON.stringify(value));
}

const SHOWN_POINTS = 5;

function axisText(axis: Axis): string {
  const length = lengthOf(axis);
  const points = counted(length, "point");
  if (axis.rule === "list") {
    const shown = axis.points.slice(0, SHOWN_POINTS).map(short).join(", ");
    return length > SHOWN_POINTS ? `${shown}, … ${points}` : shown;
  }
  const [last] = pointsOf(axis, length - 1, length);
  const rule = axis.rule === "index" ? "" : `, ${axis.rule}`;
  return `${short(axis.from)} to ${short(last!)}, ${points}${rule}`;
}

export function diffJson({ a, b, arrays, settings, drawn }: Diff): object {
  const values = arrays?.values.map(({ absolute, relative, ...counts }) => ({
    ...counts,
    differing: differing(counts as ValueDifference),
    absolute: absolute ? apartJson(absolute) : null,
    relative: relative ? apartJson(relative) : null,
    within: counts.within ?? null,
  }));
  return {
    ...{ a: jobJson(a), b: jobJson(b) },
    comparable: arrays !== undefined,
    ...(arrays && { ...arrays, values }),
    settings: settings.map(({ field, a: ofA, b: ofB }) => ({ field, a: ofA ?? null, b: ofB ?? null })),
    pictures: drawn,
  };
}

const apartJson = ({ by, at, a, b }: Apart) => ({ by: inJson(by), at, a: inJson(a), b: inJson(b) });
/** JSON has no word for what is not finite. */
const inJson = (value: number) => (Number.isFinite(value) ? value : String(value));

function jobJson({ job, site, summary }: Diffed): object {
  const figures = ROWS.map(({ key, of }) => [key, (summary && of(summary)) ?? null]);
  return {
    jobId: job.jobId,
    ...site.fields,
    shape: layoutOf(job.spec).shape,
    ...Object.fromEntries(figures),
  };
}
