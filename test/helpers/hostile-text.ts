import { stripVTControlCharacters } from "node:util";

/** A title for the terminal's window, a colour by a one-byte CSI, a turned word, a hidden one, half a pair, and a line of its own. */
export const HOSTILE =
  "a\x1b]0;title\x07\x9b31m\u202ednah\u200b\u2028\ud800\0\nforged   line\r\x7f\u00ad\ufffe";

/** What of a text a terminal would obey, or not show, other than line ends and styles of ours. */
export function unseenIn(text: string): string[] {
  const ours = new RegExp(`\\x1b\\[(${[1, 2, 22, 31, 32, 33, 39].join("|")})m`, "g");
  return (
    text
      .replace(ours, "")
      .replaceAll("\n", "")
      .match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]/gu) ?? []
  );
}

export function lines(text: string): string[] {
  return stripVTControlCharacters(text).trimEnd().split("\n");
}
