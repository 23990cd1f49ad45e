import { lutimesSync } from "node:fs";
import { extname, join } from "node:path";
import { Worker } from "node:worker_threads";

/** How often an owner renews its claim. */
const RENEWAL_MS = 1000;

/**
 * Changes the file's time, which tells those who cannot ask the owner's kernel that it lives; they compare it with what it was
 * before, never with a clock. Throws where the file is gone.
 */
export function renewOnce(path: string): void {
  const now = new Date();
  lutimesSync(path, now, now);
}

/** What the thread is given. */
export interface RenewalTask {
  readonly path: string;
  readonly everyMs: number;
}

/** Beside this file, in the sources and in the built program alike. */
const THREAD = join(import.meta.dirname, `renewal-thread${extname(import.meta.filename)}`);

/**
 * Renews the claim in that file until what it returns is called, in a thread: engine serial blocks the main one for as long
 * as a chunk takes. The thread costs 20 ms of CPU, so that where nothing blocks it should start after a while only.
 * `onLost` is called once somebody removed the file.
 */
export function renewClaim(path: string, startAfterMs: number, onLost: () => void): () => void {
  let thread: Worker | undefined;
  let isOver = false;
  const start = () => {
    const workerData: RenewalTask = { path, everyMs: RENEWAL_MS };
    thread = new Worker(THREAD, { workerData });
    thread.unref();
    thread.on("message", () => isOver || onLost());
    thread.on("error", () => {}); // out of threads, say: on this machine the socket says the same
  };
  const timer = startAfterMs > 0 ? setTimeout(start, startAfterMs).unref() : undefined;
  if (!timer) start();
  return () => {
    isOver = true;
    clearTimeout(timer);
    void thread?.terminate();
  };
}
