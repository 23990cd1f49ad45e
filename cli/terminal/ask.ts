import { createInterface } from "node:readline/promises";
import { isDrawable } from "./drawable.ts";

export type Answer = "yes" | "no" | "interrupted";

/** Asks on the terminal; every answer but yes is no. Ctrl-C and Ctrl-D are "interrupted". */
export async function ask(question: string): Promise<Answer> {
  const { stdin: input, stderr: output } = process;
  const terminal = createInterface({ input, output, terminal: isDrawable() });
  input.once("error", () => terminal.close()); // the terminal is gone
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim()) ? "yes" : "no";
  } catch {
    return "interrupted";
  } finally {
    terminal.close();
  }
}

/** Whether a user at a terminal can answer. */
export const isAnybodyThere = () => process.stdin.isTTY === true && process.stderr.isTTY === true;
