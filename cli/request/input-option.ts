/** What a user types for one of a kernel's inputs. */
import type { RangeRequest } from "../../shared/array/grid.ts";
import {
  type Input,
  type InputValue,
  isSweptByDefault,
  type NumberInput,
} from "../../shared/kernels/declaration.ts";
import type { InputRequest } from "../../shared/messages/job-request.ts";
import { expectedOf } from "../../shared/plan/check-inputs.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { didYouMean } from "../../shared/validation/nearest-name.ts";
import { show } from "../../shared/validation/parse.ts";
import { wholeNumber } from "./numbers.ts";

/** `--max-iterations` for `maxIterations`. */
export function optionName(input: string): string {
  return `--${input.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** What its option takes, for --help: `<from:to>`, `<euler|rk4>`, `<m/s>`. */
export function optionValue(input: Input): string {
  if (input.kind === "flag") return "[true|false]";
  if (input.kind === "choice") return `<${input.choices.join("|")}>`;
  return isSweptByDefault(input) ? "<from:to>" : `<${input.unit || "number"}>`;
}

/** What --help says of it: `volatility, at least 0 (0.2)`, `time in s (0:10)`. */
export function optionHelp(input: Input): string {
  return `${aboutOf(input)} (${startOf(input)})`.trim();
}

/** What it is and what it may be: `trials, a whole number, at least 2`. */
function aboutOf(input: Input): string {
  const unit = isSweptByDefault(input) && input.unit && `in ${input.unit}`;
  const about = [input.about, unit].filter(Boolean).join(" ");
  const expected = input.kind === "number" ? expectedOf(input).replace(/^a number,? ?/, "") : "";
  return [about, expected].filter(Boolean).join(", ");
}

/** What it is where a job says nothing of it. */
function startOf(input: Input): string {
  if (isSweptByDefault(input))
    return `${input.scale === "log" ? "log:" : ""}${shortened(input.from)}:${shortened(input.to)}`;
  if (input.default === undefined) return "must be given";
  return `${input.kind === "number" ? shortened(input.default as number) : input.default}`;
}

/** The heading over inputs of its kind in --help, which says how such an option is written. */
export function optionHeading(input: Input): string {
  if (input.kind === "flag") return "Flags (true,false sweeps one):";
  if (input.kind === "choice") return "Choices (a list sweeps one):";
  return isSweptByDefault(input)
    ? "Swept inputs (from:to, from:to:points, a list as 1,2,5, or one value):"
    : "Numbers (one value; a list or from:to sweeps one):";
}

const shortened = (value: number) => Number(value.toPrecision(6));

const MOST_COUNT = 1_000_000;

/**
 * `50`, a list `80,90,100`, a range `80:120`, its points `80:120:400`, or `log:0.001:0.1`; words and `true`, `false` for inputs that
 * are such. Throws InvalidInputError that names the option.
 * @example
 * inputOf("80:120", { kind: "number", about: "", unit: "" }, "--spot"); // { from: 80, to: 120 }
 */
export function inputOf(text: string | true, input: Input, option: string): InputRequest {
  const given = text === true ? "true" : text;
  if (given.includes(","))
    return given
      .replace(/,$/, "")
      .split(",")
      .map((each) => oneValue(each, input, option));
  if (input.kind !== "number") return oneValue(given, input, option);
  const { scale, ends } = partsOf(given);
  if (ends.length === 1 && scale === undefined) return oneValue(given, input, option);
  const [from, to, count, ...more] = ends;
  if (!from || !to || more.length > 0)
    throw new InvalidInputError(
      option,
      "a number, a list such as 1,2,5, or a range such as -0.75:-0.74, 1:10:50 or log:1:100",
      show(text),
    );
  const range = { from: number(from, option), to: number(to, option) };
  if (range.from === range.to)
    throw new InvalidInputError(option, "a range with two different ends", show(text));
  return {
    ...range,
    ...ruleOf(scale, input),
    ...(count !== undefined && { count: wholeNumber(count, option, MOST_COUNT) }),
  };
}

type Scale = "log" | "linear";

function partsOf(text: string): { readonly scale: Scale | undefined; readonly ends: readonly string[] } {
  const [first, ...rest] = text.split(":");
  if (first === "log" || first === "linear") return { scale: first, ends: rest };
  return { scale: undefined, ends: text.split(":") };
}

/** Even steps are said only where the input's own scale is another. */
function ruleOf(scale: Scale | undefined, input: NumberInput): Pick<RangeRequest, "rule"> {
  if ((scale ?? input.scale) === "log") return { rule: "log" };
  return input.scale === "log" ? { rule: "index" } : {};
}

function oneValue(text: string, input: Input, option: string): InputValue {
  if (input.kind === "number") return number(text, option);
  if (input.kind === "flag" && /^(true|false)$/.test(text)) return text === "true";
  if (input.kind === "choice" && input.choices.includes(text)) return text;
  const hint = input.kind === "choice" ? didYouMean(text, input.choices) : "";
  throw new InvalidInputError(option, expectedOf(input), show(text), hint);
}

function number(text: string, option: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new InvalidInputError(option, "a number", show(text));
}
