/** A cell that cannot be computed. */
export class CellError extends Error {
  override readonly name = "CellError";
}

/** What errors said that may be thrown again, for another cell. */
const said = new WeakMap<Error, string>();

/** The same error, whose message begins with the place: `at spot = 95`. */
export function atPlace(error: unknown, place: string): unknown {
  if (!(error instanceof Error)) return new CellError(`${place}: ${String(error)}`);
  const text = said.get(error) ?? error.message;
  said.set(error, text);
  error.message = `${place}: ${text}`;
  return error;
}
