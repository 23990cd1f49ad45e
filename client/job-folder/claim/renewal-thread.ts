import { parentPort, workerData } from "node:worker_threads";
import { type RenewalTask, renewOnce } from "./renewal.ts";

const { path, everyMs } = workerData as RenewalTask;

/**
 * These mean that the claim is gone. Any other failure may pass; if it does not, another process takes over and removes
 * the file.
 */
const GONE: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "ESTALE"]);

const renewing = setInterval(renew, everyMs);
renew();

function renew(): void {
  try {
    renewOnce(path);
  } catch (error) {
    if (!GONE.has((error as NodeJS.ErrnoException).code ?? "")) return;
    clearInterval(renewing);
    parentPort?.postMessage("lost");
  }
}
