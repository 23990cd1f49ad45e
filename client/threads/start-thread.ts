import { extname, join } from "node:path";
import { Worker, type WorkerOptions } from "node:worker_threads";
import type { ThreadProgram } from "./thread.ts";

/** Beside this file, in the sources and in the built program alike. */
const PROGRAM = join(import.meta.dirname, `thread${extname(import.meta.filename)}`);

export const startThread = (program: ThreadProgram, workerData: unknown, options: WorkerOptions = {}) =>
  new Worker(PROGRAM, { ...options, argv: [program], workerData });
