import * as v from "valibot";
import { InvalidInputError, NewerVersionError } from "./errors.ts";
import { printable } from "./printable.ts";
import { newerVersion } from "./versioned.ts";

const SHOWN_CHARACTERS = 60;

/**
 * The value as the schema types it. Throws InvalidInputError naming the field, within `what`, that is wrong, with `hint`, a
 * sentence that says what to do then; and NewerVersionError.
 */
export function parse<const Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  what: string,
  hint?: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const issue = deepest(result.issues[0]);
  const newer = newerVersion(issue);
  if (newer) throw new NewerVersionError(what, newer);
  const dotPath = v.getDotPath(issue);
  const path = dotPath && shownPath(dotPath);
  if (issue.type === "strict_object" && issue.expected === "never") {
    throw new InvalidInputError(what, "without unknown fields", path ?? issue.received, hint);
  }
  if (path && issue.type.endsWith("object") && isAbsent(issue)) {
    throw new InvalidInputError(`${what} ${path}`, "given", "nothing", hint);
  }
  throw new InvalidInputError(
    path ? `${what} ${path}` : what,
    issue.message.startsWith("Invalid") ? (issue.expected ?? issue.message) : issue.message,
    isAbsent(issue) ? "nothing" : show(issue.input),
    hint,
  );
}

/** The JSON text as a value. Throws InvalidInputError where it is not JSON. */
export function parseJson(text: string, what: string, hint?: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidInputError(what, "JSON", show(text), hint);
  }
}

/** A value in a sentence: short, on one line, strings in quotes, what cannot be seen written out. */
export function show(value: unknown): string {
  if (typeof value === "number") return `${value}`;
  const text = asJson(value);
  return printable(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text);
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return "a value too deep to show"; // parsing JSON takes any depth, writing it does not
  }
}

/** Its names are as hostile as any value. */
function shownPath(path: string): string {
  return /^[\w.-]+$/.test(path) && path.length <= SHOWN_CHARACTERS ? path : show(path);
}

/** A union's own message says little: the issue of the alternative that came furthest says more. */
function deepest(issue: v.BaseIssue<unknown>): v.BaseIssue<unknown> {
  if (issue.type !== "union" || !issue.issues) return issue;
  const inside = issue.issues.toSorted((a, b) => (b.path?.length ?? 0) - (a.path?.length ?? 0))[0];
  if (!inside?.path?.length) return issue;
  return deepest({ ...inside, path: [...(issue.path ?? []), ...inside.path] as never });
}

function isAbsent(issue: v.BaseIssue<unknown>): boolean {
  return issue.received === "undefined";
}

/** One of these names; the message lists them. */
export const oneOf = <const Names extends readonly string[]>(names: Names) =>
  v.picklist(names, names.map((name) => `"${name}"`).join(", "));
