/**
 * Control characters, line and paragraph separators, marks that turn or hide text (bidirectional ones, zero widths),
 * halves of pairs, and non-characters, which SQS refuses in a message.
 */
export const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]/gu;

/** An address for sentences: without its name, password and query. */
export function shownAddress(address: string): string {
  const url = URL.parse(address);
  // Everything before an @ may be a password, even in an invalid address.
  if (!url?.host) return printable(address.replace(/^.*@/s, ""));
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/$/, "")}`;
}

/**
 * The text on one line, with invisible characters escaped. A text from a request, a message or a store must not steer
 * the terminal, forge a line of its own, or read differently than it is.
 */
export function printable(text: string): string {
  return text.replace(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const digits = code.toString(16);
    if (code < 0x100) return `\\x${digits.padStart(2, "0")}`;
    return code < 0x10000 ? `\\u${digits.padStart(4, "0")}` : `\\u{${digits}}`;
  });
}
