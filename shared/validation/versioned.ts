/**
 * How messages and stored records change. Readers ignore fields that they do not know, so a field that may be ignored is
 * added without more ado. Where it may not be ignored, or a known field comes to mean something else, the version is raised:
 * an older reader throws NewerVersionError, which hands a message back and leaves a record as it is.
 */
import * as v from "valibot";

/** The version comes first: of a newer one nothing else is looked at. */
const VERSION = "version";

/** All up to the known one are read: whoever raises it says by defaults, or by a step of its own, what the older ones meant. */
function versionSchema(known: number) {
  const expected = known === 1 ? "1" : `1 to ${known}`;
  return v.pipe(v.number(expected), v.safeInteger(expected), v.minValue(1, expected), v.maxValue(known));
}

/**
 * The schema of a message or record up to version `known`, of which unknown fields are dropped.
 * @example const PauseSchema = versioned(1, { atMs: milliseconds });
 */
export function versioned<const Entries extends v.ObjectEntries>(known: number, entries: Entries) {
  return v.object({ [VERSION]: versionSchema(known), ...entries });
}

/** As `versioned`, for what is written back or stored further on, see `kept`. */
export function versionedAndKept<const Entries extends v.ObjectEntries>(known: number, entries: Entries) {
  return kept({ [VERSION]: versionSchema(known), ...entries });
}

/** What a later release may add, and what is written again without trouble: JSON can be read at any depth, but not written. */
const KEPT_LEVELS = 8;

/** An object whose unknown fields are kept, as a newer reader may know them. The type has only those that are known here. */
export function kept<const Entries extends v.ObjectEntries>(entries: Entries) {
  const schema = v.object(entries);
  const isKept = ([name, value]: [string, unknown]) =>
    !Object.hasOwn(entries, name) && isShallow(value, KEPT_LEVELS);
  // As valibot's looseObject, which makes each bundle 1 KB larger and keeps what cannot be written.
  const run: (typeof schema)["~run"] = (dataset, config) => {
    const all = dataset.value;
    const known = schema["~run"](dataset, config);
    if (known.typed)
      known.value = { ...Object.fromEntries(Object.entries(all as object).filter(isKept)), ...known.value };
    return known;
  };
  return { ...schema, "~run": run };
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1));
}

/** As `versioned`, for a request that may leave its version out. */
export function versionedIfGiven<const Entries extends v.ObjectEntries>(known: number, entries: Entries) {
  return v.object({ [VERSION]: v.optional(versionSchema(known)), ...entries });
}

/** The version that came and the one that is known, where this is what is wrong. */
export function newerVersion(issue: v.BaseIssue<unknown>): { version: number; known: number } | undefined {
  const isVersion = issue.path?.at(-1)?.key === VERSION;
  if (!isVersion || issue.type !== "max_value") return undefined;
  return { version: issue.input as number, known: issue.requirement as number };
}
