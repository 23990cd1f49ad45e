import { quoted } from "../../shared/validation/command-line.ts";

const PASSWORD = /\b(rediss?:\/\/[^\s:@/]*):.*@/gis;

/** Without what only its user knows: the passwords in its URLs. */
export const withoutPasswords = (argument: string): string => argument.replace(PASSWORD, "$1:***@");

/** The command as its user typed it, for a shell. */
export const commandTyped = (argv: readonly string[] = process.argv): string =>
  ["manyhands", ...argv.slice(2).map(withoutPasswords)].map(quoted).join(" ");
