import { lutimesSync } from "node:fs";
import { extname, join } from "node:path";
import { Worker } from "node:worker_threads";

/** How often an owner renews its claim. */
const RENEWAL_MS = 1000;

/**
 * Changes the file's time, which shows processes of other machines that the owner lives. They compare it with its
 * earlier value, never with a clock. Throws if the file is gone.
 */
export function renewOnce(path: string): void {
  const now = new Date();
  lutimesSync(path, now, now);
}

/** The thread's input. */
export interface RenewalTask {
  readonly path: string;
  readonly everyMs: number;
}

/** Beside this file, in the sources and in the built program alike. */
const THREAD = join(import.meta.dirname, `renewal-thread${extname(import.meta.filename)}`);

/**
 * Renews the claim in that file, in a thread, until the returned function is called: engine serial blocks the main
 * thread for as long as a chunk takes. The thread costs 20 ms of CPU, so an engine that does not block starts it later.
 * Calls `onLost` once the file is gone.
 */
export function renewClaim(path: string, startAfterMs: number, onLost: () => void): () => void {
  let thread: Worker | undefined;
  let isOver = false;
  const start = () => {
    const workerData: RenewalTask = { path, everyMs: RENEWAL_MS };
    thread = new Worker(THREAD, { workerData });
    thread.unref();
    thread.on("message", () => isOver || onLost());
    thread.on("error", () => {}); // without a thread, the socket still shows on this machine that the owner lives
  };
  const timer = startAfterMs > 0 ? setTimeout(start, startAfterMs).unref() : undefined;
  if (!timer) start();
  return () => {
    isOver = true;
    clearTimeout(timer);
    void thread?.terminate();
  };
}
