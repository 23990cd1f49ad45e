/**
 * What a kernel says of itself: all but its code, as JSON. It travels in job.json, so that only workers need the code.
 */
import * as v from "valibot";
import { finite } from "../validation/numbers.ts";
import { oneOf } from "../validation/parse.ts";
import { VARIABLE_NAME } from "../validation/variable-name.ts";
import { DTYPES } from "./dtype.ts";
import type { InputValue } from "./input-value.ts";

/** The most axes that an array can have. */
export const MOST_AXES = 6;
/** The most inputs that a kernel can declare, and the most choices of one input. */
export const MOST_INPUTS = 20;
export const MOST_CHOICES = 100;
/** The most values that a kernel can give for a cell. */
export const MOST_VALUES = 16;

/** The most bytes of a task's item, and of its value, as JSON. */
export const MOST_ITEM_BYTES = 256 * 2 ** 10;

/** An input's name: an identifier in lower camel case, which `--max-iterations` names on the command line. */
export const INPUT_NAME = "[a-z][A-Za-z0-9]{0,39}";

const text = v.pipe(v.string("text"), v.maxLength(200, "at most 200 characters"));

/**
 * A number. Bounds are inclusive; without one the input has none. It is swept from `from` (inclusive) to `to` (exclusive)
 * where both are there, unless the job holds it fixed.
 */
const NumberInputSchema = v.object({
  kind: v.literal("number"),
  about: text,
  unit: text,
  /** Absent where the caller must give it, or it is swept. */
  default: v.optional(finite),
  minimum: v.optional(finite),
  maximum: v.optional(finite),
  integer: v.optional(v.literal(true)),
  from: v.optional(finite),
  to: v.optional(finite),
  /** How it is swept by default: in even steps, or in steps of an even ratio. */
  scale: v.optional(v.literal("log")),
});

/** One of several words. */
const ChoiceInputSchema = v.object({
  kind: v.literal("choice"),
  about: text,
  choices: v.pipe(v.array(text), v.minLength(1), v.maxLength(MOST_CHOICES)),
  default: text,
});

/** True or false. */
const FlagInputSchema = v.object({ kind: v.literal("flag"), about: text, default: v.boolean() });

const InputSchema = v.variant("kind", [NumberInputSchema, ChoiceInputSchema, FlagInputSchema]);
export type Input = v.InferOutput<typeof InputSchema>;
export type NumberInput = v.InferOutput<typeof NumberInputSchema>;

/** One number that the kernel gives for a cell. */
const ValueSchema = v.object({
  /** The array's name in the job's group. */
  name: v.pipe(v.string("text"), v.regex(new RegExp(`^${VARIABLE_NAME}$`), "the name of a variable")),
  about: text,
  unit: text,
  /** The element types that a job may choose from, the preferred one first; or the input that bounds a count from 0 on. */
  dtype: v.union([v.pipe(v.array(oneOf(DTYPES)), v.minLength(1)), v.object({ countsTo: text })]),
  /** A value that says that there is none, by itself or by the input whose value it is; pictures tell it from the others. */
  special: v.optional(v.object({ equals: v.union([finite, text]), means: text })),
});
export type Value = v.InferOutput<typeof ValueSchema>;

/** What is computed by which function: a cell by `point`, a window of the grid by `fill`, an item of a list by `task`. */
const FORMS = ["point", "fill", "task"] as const;

export const DeclarationSchema = v.object({
  about: text,
  form: oneOf(FORMS),
  /** In the order of the array's axes. */
  inputs: v.record(v.pipe(v.string(), v.regex(new RegExp(`^${INPUT_NAME}$`))), InputSchema),
  values: v.pipe(v.array(ValueSchema), v.maxLength(MOST_VALUES)),
  /** What becomes of a cell whose function throws: its chunk fails, or the cell is NaN (the fill value among integers). */
  onError: v.optional(v.literal("nan")),
  /** What computes it, where that is not a worker of Node. */
  language: v.optional(v.literal("python")),
});
export type Declaration = v.InferOutput<typeof DeclarationSchema>;

/** That of a file of Python, which goes with its request: a splitter cannot load the file. */
export const PythonDeclarationSchema = v.object({
  ...DeclarationSchema.entries,
  language: v.literal("python"),
});

/** Whether an input is swept unless the job says otherwise. */
export function isSweptByDefault(input: Input): input is NumberInput & { from: number; to: number } {
  return input.kind === "number" && input.from !== undefined && input.to !== undefined;
}

export type { InputValue };
