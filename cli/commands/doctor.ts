import { extname } from "node:path";
import { styleText } from "node:util";
import { kernelMeant } from "../../client/kernels/meant-kernel.ts";
import { isSqsUrl } from "../../shared/ports/aws/sqs-place.ts";
import { STACK_NAME } from "../../shared/validation/env.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { printable } from "../../shared/validation/printable.ts";
import { jsonLine } from "../terminal/text.ts";
import type { KernelHere } from "./compare-kernels.ts";
import { diagnoseSqs } from "./diagnose-sqs.ts";
import { diagnose } from "./diagnosis.ts";
import type { Finding } from "./finding.ts";

export interface DoctorOptions {
  readonly stack?: string;
  /** In place of a stack: a Redis or a server that speaks SQS, and a store. */
  readonly redis?: string;
  /** The same by the word that `worker` has. */
  readonly queue?: string;
  readonly store?: string;
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
  { stack = STACK_NAME, redis, queue, store }: DoctorOptions,
  here: readonly KernelHere[],
): Promise<readonly Finding[]> {
  if (redis !== undefined && queue !== undefined)
    throw new InvalidInputError("--queue", "absent where --redis is given", show(queue));
  const server = redis ?? queue;
  if (server !== undefined && !isSqsUrl(server))
    return (await import("./diagnose-redis.ts")).diagnoseRedis({ redis: server, store });
  if (server !== undefined || store !== undefined) return diagnoseSqs({ queue: server, store });
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
    kind: kernel.declaration.language ?? (extname(file) === ".wasm" ? "wasm" : "js"),
    path: file,
  };
}
