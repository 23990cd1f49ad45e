/** What stands for a function where a declaration leaves the thread that loaded it: functions cannot be sent. */
interface FunctionOutline {
  /** `Function`; an async or a generating one is an `AsyncFunction` or a `GeneratorFunction`. */
  readonly functionKind: string;
}

/** Deeper than any declaration: what refers to itself ends here. */
const MOST_LEVELS = 6;

/** What a file exports, without its code: what `checkSource` looks at. */
export function outlineOf(exported: unknown, levels = MOST_LEVELS): unknown {
  if (typeof exported === "function") return outlineOfFunction(exported);
  if (typeof exported === "symbol" || typeof exported === "bigint") return String(exported);
  if (typeof exported !== "object" || exported === null) return exported;
  if (levels === 0) return "a value too deep";
  const inner = (value: unknown) => outlineOf(value, levels - 1);
  if (Array.isArray(exported)) return exported.slice(0, MOST_LENGTH).map(inner);
  return Object.fromEntries(Object.entries(exported).map(([name, value]) => [name, inner(value)]));
}

/** Longer than any list that can be declared. */
const MOST_LENGTH = 1_000;

/** By its tag: a constructor's name can be anything that a file writes there. */
function outlineOfFunction(code: object): FunctionOutline {
  return { functionKind: Object.prototype.toString.call(code).slice("[object ".length, -1) };
}
