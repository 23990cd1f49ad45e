import { extname, join } from "node:path";

/** The program of a thread of the threads engine: beside this file among the sources, and among the built files. */
export const WORKER_FILE = join(import.meta.dirname, `thread-worker${extname(import.meta.filename)}`);
