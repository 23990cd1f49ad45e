import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";

/** A whole number from 1 to `maximum`. */
export function wholeNumber(text: string, option: string, maximum: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= maximum) return value;
  throw new InvalidInputError(option, `a whole number from 1 to ${maximum}`, show(text));
}

/** A number; text that is none as it is, which the library refuses. */
export function numberOrText(text: string | undefined): number | undefined {
  return text !== undefined && /^\d*\.?\d+$/.test(text) ? Number(text) : (text as undefined);
}

/** USD: a positive decimal, without a currency. */
export function usd(text: string, option: string): number {
  const value = /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidInputError(option, "a decimal number of USD above 0, such as 0.5", show(text));
}

/** A whole number from 0 on, as random numbers follow from. */
export function seed(text: string, option: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw new InvalidInputError(option, `a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`, show(text));
}

/** `0.01` or `1%`. */
export function share(text: string, option: string): number {
  const [, digits = "", percent] = /^([\d.]+)(%?)$/.exec(text.trim()) ?? [];
  const value = digits === "" ? Number.NaN : Number(digits) / (percent ? 100 : 1);
  if (value >= 0 && value <= 1) return value;
  throw new InvalidInputError(option, "a share such as 0.01 or 1%", show(text));
}

/** `500x400`, or `500` for one axis: a number an axis. */
export function sides(text: string, option: string): number[] {
  if (!/^[1-9]\d*(x[1-9]\d*)*$/.test(text))
    throw new InvalidInputError(option, "a whole number from 1 for each axis, such as 500x400", show(text));
  return text.split("x").map(Number);
}
