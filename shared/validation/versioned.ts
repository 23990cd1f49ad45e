/**
 * How messages and stored records change. Readers ignore unknown fields, so a new field that may be ignored is simply
 * added. If it may not be ignored, or a known field gets another meaning, the version is raised: an older reader then
 * throws NewerVersionError, hands a message back, and leaves a record as it is.
 */
import * as v from "valibot";

/** The version is checked first: in a newer one nothing else is looked at. */
const VERSION = "version";

/**
 * Accepts every version up to the known one. Raising it includes reading the older ones, by defaults or by a
 * conversion.
 */
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

/** Like `versioned`, but keeps unknown fields, for records that are written back or stored again, see `kept`. */
export function versionedAndKept<const Entries extends v.ObjectEntries>(known: number, entries: Entries) {
  return kept({ [VERSION]: versionSchema(known), ...entries });
}

/** The depth of unknown fields that are kept: JSON can be read at any depth, but not written. */
const KEPT_LEVELS = 8;

/** An object whose unknown fields are kept, because a newer reader may know them. The type has only the known ones. */
export function kept<const Entries extends v.ObjectEntries>(entries: Entries) {
  const schema = v.object(entries);
  const isKept = ([name, value]: [string, unknown]) =>
    !Object.hasOwn(entries, name) && isShallow(value, KEPT_LEVELS);
  // Not valibot's looseObject: it makes each bundle 1 KB larger and keeps values that cannot be written.
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

/** Like `versioned`, for a request that may omit its version. */
export function versionedIfGiven<const Entries extends v.ObjectEntries>(known: number, entries: Entries) {
  return v.object({ [VERSION]: v.optional(versionSchema(known)), ...entries });
}

/** The version that came and the known one, if the version is what is wrong. */
export function newerVersion(issue: v.BaseIssue<unknown>): { version: number; known: number } | undefined {
  const isVersion = issue.path?.at(-1)?.key === VERSION;
  if (!isVersion || issue.type !== "max_value") return undefined;
  return { version: issue.input as number, known: issue.requirement as number };
}
