import { relative, resolve } from "node:path";
import { STACK_NAME } from "./env.ts";
import { printable } from "./printable.ts";

/**
 * A manyhands command that a person can paste into a POSIX shell; printed on a terminal, it does nothing else.
 * @example
 * commandLine("cancel", "results/my job"); // manyhands cancel 'results/my job'
 */
export function commandLine(command: string, operand: string, ...options: readonly string[]): string {
  // Ids of old jobs may look like options.
  const words = operand.startsWith("-") ? [...options, "--", operand] : [operand, ...options];
  return ["manyhands", command, ...words].map(quoted).join(" ");
}

/** The option that names the deployment, unless it is the usual one. */
export function stackOption(stack: string): string[] {
  return stack === STACK_NAME ? [] : ["--stack", stack];
}

/** A folder's path for a person and for a command: relative below the working directory, absolute elsewhere. */
export function pathOf(folder: string): string {
  const path = relative(process.cwd(), folder) || ".";
  if (path.startsWith("..")) return resolve(folder);
  return path.startsWith("-") ? `./${path}` : path;
}

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** Quotes one word for a shell. */
export function quoted(word: string): string {
  if (PLAIN.test(word)) return word;
  if (printable(word) === word) return `'${word.replaceAll("'", "'\\''")}'`;
  // Invisible characters are written by printf. The shell drops line breaks at the end of its output, so a folder gets
  // a slash there.
  const bytes = Buffer.from(word.endsWith("\n") ? `${word}/` : word);
  return `"$(printf '${[...bytes].map(asPrintfTakesIt).join("")}')"`;
}

function asPrintfTakesIt(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[A-Za-z0-9_./-]/.test(character) ? character : `\\${byte.toString(8).padStart(3, "0")}`;
}

/** A folder's path as a person would write it on a terminal. */
export function placeOf(folder: string): string {
  return printable(pathOf(folder));
}
