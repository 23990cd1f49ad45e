import { styleText } from "node:util";
import { printable } from "../../shared/validation/printable.ts";
import { jsonLine } from "../terminal/text.ts";
import { diagnose } from "./diagnosis.ts";
import type { Finding } from "./finding.ts";

export interface DoctorOptions {
  readonly stack: string;
  readonly json?: boolean;
}

const MARKS: Readonly<Record<Finding["state"], string>> = {
  ok: styleText("green", "✔"),
  warning: styleText("yellow", "!"),
  problem: styleText("red", "✘"),
};

/** `manyhands doctor`: what was found, each with what to do about it. Exit code 2 where something keeps jobs from running. */
export async function doctor({ stack, json }: DoctorOptions): Promise<number> {
  const findings = await diagnose(stack);
  if (json) process.stdout.write(jsonLine(findings));
  else process.stdout.write(findings.map(asText).join(""));
  return findings.some(({ state }) => state === "problem") ? 2 : 0;
}

function asText({ check, state, text, advice }: Finding): string {
  return `${MARKS[state]} ${check.padEnd(13)} ${printable(text)}\n${advice ? `  ${" ".repeat(13)} ${printable(advice)}\n` : ""}`;
}
