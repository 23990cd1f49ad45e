import { expect } from "vitest";

const LONGEST = 700;

/** One line that a person can read: no stack, no message of the runtime's own, no name that a minifier made. */
export function expectSentence(said: unknown): void {
  const text = said instanceof Error ? said.message : String(said);
  expect(text).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+$/u);
  expect(text.length).toBeLessThanOrEqual(LONGEST);
  expect(text).not.toMatch(
    /Cannot read|is not a function|is not iterable|undefined \(reading|\bat .+:\d+:\d+|Maximum call stack|Invalid (array|typed)|TypeError|RangeError|SyntaxError|ReferenceError/,
  );
}
