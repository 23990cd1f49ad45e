/** A worker that does not keep the protocol: what was expected, and what it did. */
export class FailedCheck extends Error {}

/** Throws FailedCheck. */
export function expectThat(holds: boolean, expected: string, found: string): asserts holds {
  if (!holds) throw new FailedCheck(`Expected ${expected}, got ${found}.`);
}
