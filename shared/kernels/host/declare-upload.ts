/** What an uploaded kernel declares, for a splitter, which never evaluates it itself. */
import { parentPort, Worker, workerData } from "node:worker_threads";
import { describeError, InvalidInputError } from "../../validation/errors.ts";
import { exportedBy, isKernel } from "../artifact.ts";
import { checkSource } from "../check-declaration.ts";
import type { Declaration } from "../declaration.ts";
import { declare } from "../declare.ts";
import { outlineOf } from "../outline.ts";
import type { Upload } from "../uploads.ts";
import { expectChecked } from "./check-upload.ts";
import { cutDown } from "./cut-down.ts";

/** As the command line gives a file, see tools/kernels/load-once.ts. */
const MOST_MS = 10_000;
const LIMITS = { maxOldGenerationSizeMb: 512 };

type Told = { readonly outline: unknown } | { readonly thrown: string };

/**
 * A module says it by its manifest. JavaScript is evaluated, in a thread whose program calls `declareInThread`. Throws InvalidInputError.
 */
export async function declareUpload(upload: Upload, program: string): Promise<Declaration> {
  const { name, hash, kind, code } = upload;
  if (kind === "wasm") return expectChecked(name, code, hash);
  const outline = await outlineInThread(name, Buffer.from(code).toString(), program);
  return declare(checkSource(outline, name), name).declaration;
}

async function outlineInThread(name: string, code: string, program: string): Promise<unknown> {
  const options = { eval: true, env: {}, argv: [], execArgv: [], stdout: true, stderr: true };
  const worker = new Worker(program, { ...options, workerData: code, resourceLimits: LIMITS });
  let timer: NodeJS.Timeout | undefined;
  try {
    const told = await new Promise<Told>((resolve) => {
      const thrown = (text: string) => resolve({ thrown: text });
      timer = setTimeout(() => thrown(`nothing after ${MOST_MS / 1000} s`), MOST_MS);
      worker.once("message", resolve);
      worker.once("error", (error) => thrown(describeError(error)));
      worker.once("exit", () => thrown("the end of its thread"));
    });
    if ("outline" in told) return told.outline;
    throw new InvalidInputError(`kernel ${name}`, "one that loads", told.thrown.replace(/\.$/, ""));
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

/** What that thread does. */
export function declareInThread(): void {
  parentPort?.postMessage(told(String(workerData)));
}

function told(code: string): Told {
  try {
    if (isKernel(code)) cutDown();
    return { outline: outlineOf(exportedBy(code)) };
  } catch (error) {
    return { thrown: describeError(error) };
  }
}
