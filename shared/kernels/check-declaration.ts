/** Whether a user's file declares what can be computed: what declare() trusts is checked here, with a sentence each. */
import * as v from "valibot";
import { InvalidInputError } from "../validation/errors.ts";
import { finite } from "../validation/numbers.ts";
import { oneOf, parse, show } from "../validation/parse.ts";
import type { KernelSource, TaskSource } from "./authoring.ts";
import { checkInputs, checkNames, checkValues } from "./check-inputs.ts";
import { MOST_CHOICES, MOST_VALUES } from "./declaration.ts";
import { DTYPES } from "./dtype.ts";

const text = v.pipe(v.string("text"), v.maxLength(200, "at most 200 characters"));
const about = v.optional(text);
const unit = v.optional(text);
const name = v.optional(
  v.pipe(
    v.string("text"),
    v.regex(/^[a-z][a-z0-9-]{0,39}$/, "at most 40 lower-case letters, digits and hyphens, a letter first"),
  ),
);

const NumberInput = v.strictObject({
  about,
  unit,
  default: v.optional(finite),
  minimum: v.optional(finite),
  maximum: v.optional(finite),
  integer: v.optional(v.boolean("true or false")),
  from: v.optional(finite),
  to: v.optional(finite),
  scale: v.optional(oneOf(["linear", "log"])),
});

/** A choice is written on the command line, several of them with commas between. */
const choice = v.pipe(
  v.string("a word"),
  v.regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/,
    "at most 40 letters, digits and . _ -, a letter or digit first",
  ),
);
const ChoiceInput = v.strictObject({
  about,
  choices: v.pipe(
    v.array(choice, "a list of words"),
    v.minLength(1, "at least one word"),
    v.maxLength(MOST_CHOICES, `at most ${MOST_CHOICES} words`),
  ),
  default: v.optional(choice),
});

const FlagInput = v.strictObject({
  about,
  flag: v.literal(true, "true"),
  default: v.optional(v.boolean("true or false")),
});

const Input = v.lazy((given) => {
  const has = (field: string) => typeof given === "object" && given !== null && Object.hasOwn(given, field);
  if (has("choices")) return ChoiceInput;
  return has("flag") ? FlagInput : NumberInput;
});

const dtype = oneOf(DTYPES);
const Dtype = v.lazy((given) => {
  if (Array.isArray(given)) return v.pipe(v.array(dtype), v.minLength(1, "at least one element type"));
  return typeof given === "object" && given !== null ? v.strictObject({ countsTo: v.string("text") }) : dtype;
});
const special = v.strictObject({
  equals: v.union([finite, v.string()], "a number or the name of an input"),
  means: v.pipe(text, v.minLength(1, "a word")),
});
const value = { about, unit, dtype: v.optional(Dtype), special: v.optional(special) };
const valueName = v.string("text");

/** A function leaves its thread as an outline; another kind than `Function` gives its result later, or in pieces. */
const code = (...kinds: readonly string[]) =>
  v.optional(
    v.custom<() => never>(
      (given) => kinds.includes((given as { readonly functionKind?: string } | null)?.functionKind ?? ""),
      kinds.length > 1 ? "a function" : "a function that is done when it returns",
    ),
  );

const KernelOutline = v.strictObject({
  kind: v.literal("kernel"),
  name,
  about,
  inputs: v.record(v.string(), Input, "an object with an entry for each input"),
  value: v.optional(v.strictObject({ name: valueName, ...value })),
  values: v.optional(
    v.pipe(
      v.record(v.string(), v.strictObject(value), "an object with an entry for each value"),
      v.maxEntries(MOST_VALUES, `at most ${MOST_VALUES} values`),
    ),
  ),
  onError: v.optional(v.literal("nan", '"nan"')),
  fast: v.optional(v.pipe(v.string("a path"), v.minLength(1, "a path"))),
  point: code("Function"),
  fill: code("Function"),
});

const TaskOutline = v.strictObject({
  kind: v.literal("task"),
  name,
  about,
  task: v.nonOptional(code("Function", "AsyncFunction"), "a function"),
});

/**
 * What a file exports, typed; in place of each function stands its outline, so it can be declared and not computed.
 * Throws InvalidInputError, a sentence that names `what` (the file) and the field.
 * @example
 * const source = checkSource(outlineOf(loadArtifact(code)), "mine.ts");
 */
export function checkSource(outline: unknown, what: string): KernelSource | TaskSource {
  const kind = (outline as { readonly kind?: unknown } | null | undefined)?.kind;
  if (kind === "task") return parse(TaskOutline, outline, what) as TaskSource;
  if (kind !== "kernel")
    throw new InvalidInputError(`the default export of ${what}`, EXPECTED, shown(outline), HINT);
  checkNames(outline as object, what);
  const source = parse(KernelOutline, outline, what) as KernelSource;
  checkInputs(source, what);
  checkValues(source, what);
  checkForm(source, what);
  return source;
}

const EXPECTED = "made by kernel() or task() of manyhands/kernel";
const HINT = "A kernel's file ends with `export default kernel({ … })`.";

function shown(outline: unknown): string {
  if (outline === undefined) return "nothing";
  return Object.hasOwn(Object(outline), "functionKind") ? "a function" : show(outline);
}

/** One of `point` and `fill`, and what each asks for. */
function checkForm({ inputs, onError, point, fill }: KernelSource, what: string): void {
  if (!point === !fill)
    throw new InvalidInputError(what, "with either point or fill", point ? "both" : "neither of them");
  if (!fill) return;
  const isSwept = Object.values(inputs).some((input) => "from" in input && "to" in input);
  if (!isSwept)
    throw new InvalidInputError(
      `${what} inputs`,
      "with from and to where there is fill, at least one of them",
      "none that has both",
    );
  if (onError)
    throw new InvalidInputError(
      `${what} onError`,
      "absent where there is fill",
      show(onError),
      "It is for point.",
    );
}
