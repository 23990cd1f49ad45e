import * as v from "valibot";
import { InvalidInputError, NewerVersionError } from "./errors.ts";
import { printable } from "./printable.ts";
import { newerVersion } from "./versioned.ts";

const SHOWN_CHARACTERS = 60;

/**
 * The value, typed by the schema. Throws InvalidInputError that names the wrong field within `what`, with `hint`, a
 * sentence that tells the user what to do; and NewerVersionError.
 * @example
 * const request = parse(JobRequestSchema, event, "job request");
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

/** The JSON text as a value. Throws InvalidInputError if it is not JSON. */
export function parseJson(text: string, what: string, hint?: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidInputError(what, "JSON", show(text), hint);
  }
}

/** A value for a sentence: short, on one line, strings in quotes, invisible characters escaped. */
export function show(value: unknown): string {
  if (typeof value === "number") return `${value}`;
  // A function, as shared/kernels/outline.ts has it: AsyncFunction.
  const { functionKind: kind } = (value ?? {}) as { readonly functionKind?: unknown };
  const text = typeof kind === "string" ? kind : asJson(value);
  return printable(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text);
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return "a value too deep to show"; // JSON.parse takes any depth, JSON.stringify does not
  }
}

/** Escapes a path: its names are as hostile as any value. */
function shownPath(path: string): string {
  return /^[\w.-]+$/.test(path) && path.length <= SHOWN_CHARACTERS ? path : show(path);
}

/** The issue of the alternative that matched furthest: a union's own message says little. */
function deepest(issue: v.BaseIssue<unknown>): v.BaseIssue<unknown> {
  if (issue.type !== "union" || !issue.issues) return issue;
  const inside = issue.issues.toSorted((a, b) => (b.path?.length ?? 0) - (a.path?.length ?? 0))[0];
  if (!inside?.path?.length) return issue;
  return deepest({ ...inside, path: [...(issue.path ?? []), ...inside.path] as never });
}

function isAbsent(issue: v.BaseIssue<unknown>): boolean {
  return issue.received === "undefined";
}

/** One of these names; the error message lists them. */
export const oneOf = <const Names extends readonly string[]>(names: Names) =>
  v.picklist(names, `one of ${names.join(", ")}`);
