/** Numbers as the page alone writes them; whole ones and sums of money are written as in sentences, by shared/validation. */
import type { PageData } from "../../page/page-data.ts";

/** A number of a job's, in as many digits as tell it. */
export function short(value: number | string | boolean | null, digits = 6): string {
  if (typeof value !== "number") return value === null ? "none" : String(value);
  return Number.isInteger(value) && Math.abs(value) < 1e15
    ? value.toLocaleString("en")
    : String(Number(value.toPrecision(digits)));
}

/** What a job is computed in: a map's items travel in shards. */
export const partOf = ({ values }: Pick<PageData, "values">): "chunk" | "shard" =>
  values.length > 0 ? "chunk" : "shard";

export const withUnit = (text: string, unit: string): string => (unit === "" ? text : `${text} ${unit}`);

export function duration(ms: number): string {
  if (ms < 1000) return `${Number(ms.toPrecision(3))} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  return ms < 7_200_000 ? `${(ms / 60_000).toFixed(1)} min` : `${(ms / 3_600_000).toFixed(1)} h`;
}

export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  const power = Math.min(4, Math.floor(Math.log10(value) / 3));
  return `${Number((value / 1000 ** power).toPrecision(3))} ${["B", "kB", "MB", "GB", "TB"][power]}`;
}

export const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
