import { extname } from "node:path";
import { styleText } from "node:util";
import { kernelMeant } from "../../client/kernels/meant-kernel.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { printable } from "../../shared/validation/printable.ts";
import { jsonLine } from "../terminal/text.ts";
import type { KernelHere } from "./compare-kernels.ts";
import { diagnoseSqs } from "./diagnose-sqs.ts";
import { diagnose } from "./diagnosis.ts";
import type { Finding } from "./finding.ts";

export interface DoctorOptions {
  readonly stack: string;
  /** In place of a stack: a store, and the queues of a server that speaks SQS. */
  readonly store?: string;
  readonly queue?: string;
  /** Likewise: a Redis. */
  readonly redis?: string;
  readonly json?: boolean;
}

const MARKS: Readonly<Record<Finding["state"], string>> = {
  ok: styleText("green", "✔"),
  warning: styleText("yellow", "!"),
  problem: styleText("red", "✘"),
};

/**
 * `manyhands doctor`: what was found, each with what to do about it; also of the kernels of these files. Exit code 2 where something keeps
 * jobs from running. Throws InvalidInputError for a file that cannot be built.
 */
export async function doctor(files: readonly string[], options: DoctorOptions): Promise<number> {
  const { json } = options;
  const here: KernelHere[] = [];
  for (const file of files) here.push(await built(file));
  const findings = await look(options, here);
  if (json) process.stdout.write(jsonLine(findings));
  else process.stdout.write(findings.map(asText).join(""));
  return findings.some(({ state }) => state === "problem") ? 2 : 0;
}

async function look(
  { stack, redis, store, queue }: DoctorOptions,
  here: readonly KernelHere[],
): Promise<readonly Finding[]> {
  if (redis !== undefined && queue !== undefined)
    throw new InvalidInputError("--queue", "absent where --redis is given", show(queue));
  if (redis !== undefined) return (await import("./diagnose-redis.ts")).diagnoseRedis({ redis, store });
  if (store !== undefined || queue !== undefined) return diagnoseSqs({ queue, store });
  return diagnose(stack, here);
}

function asText({ check, state, text, advice }: Finding): string {
  return `${MARKS[state]} ${check.padEnd(13)} ${printable(text)}\n${advice ? `  ${" ".repeat(13)} ${printable(advice)}\n` : ""}`;
}

async function built(named: string): Promise<KernelHere> {
  const { kernel, file } = await kernelMeant(named);
  if (file === undefined) throw new InvalidInputError("files", "files of kernels", show(named));
  return {
    name: kernel.name,
    hash: kernel.hash,
    kind: extname(file) === ".wasm" ? "wasm" : "js",
    path: file,
  };
}
