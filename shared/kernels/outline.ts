/** What stands for a function where a declaration leaves the thread that loaded it: functions cannot be sent. */
interface FunctionOutline {
  /** The name of its constructor: an `AsyncFunction` or a `GeneratorFunction` is called otherwise. */
  readonly functionKind: string;
}

/** What a file exports, without its code: what `checkSource` looks at. */
export function outlineOf(exported: unknown): unknown {
  if (typeof exported === "function") return outlineOfFunction(exported);
  if (typeof exported !== "object" || exported === null) return exported;
  return Object.fromEntries(
    Object.entries(exported).map(([name, value]) => [
      name,
      typeof value === "function" ? outlineOfFunction(value) : value,
    ]),
  );
}

/** By its tag: a constructor's name can be anything that a file writes there. */
function outlineOfFunction(code: object): FunctionOutline {
  return { functionKind: Object.prototype.toString.call(code).slice("[object ".length, -1) };
}
