import { relative, resolve } from "node:path";
import { STACK_NAME } from "./env.ts";
import { printable } from "./printable.ts";

/** A command of ours as a person can paste it into a POSIX shell; on a terminal it is text and nothing else. */
export function commandLine(command: string, operand: string, ...options: readonly string[]): string {
  // Ids of old jobs may look like options.
  const words = operand.startsWith("-") ? [...options, "--", operand] : [operand, ...options];
  return ["manyhands", command, ...words].map(quoted).join(" ");
}

/** What names the deployment, where it is not the usual one. */
export function stackOption(stack: string): string[] {
  return stack === STACK_NAME ? [] : ["--stack", stack];
}

/** A folder as a person would name it, and as a command takes it: relative below the working directory, absolute elsewhere. */
export function pathOf(folder: string): string {
  const path = relative(process.cwd(), folder) || ".";
  if (path.startsWith("..")) return resolve(folder);
  return path.startsWith("-") ? `./${path}` : path;
}

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** One word for a shell. */
export function quoted(word: string): string {
  if (PLAIN.test(word)) return word;
  if (printable(word) === word) return `'${word.replaceAll("'", "'\\''")}'`;
  // What cannot be seen is left to printf. The shell drops line breaks at its end: a folder may have a slash there.
  const bytes = Buffer.from(word.endsWith("\n") ? `${word}/` : word);
  return `"$(printf '${[...bytes].map(asPrintfTakesIt).join("")}')"`;
}

function asPrintfTakesIt(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[A-Za-z0-9_./-]/.test(character) ? character : `\\${byte.toString(8).padStart(3, "0")}`;
}
