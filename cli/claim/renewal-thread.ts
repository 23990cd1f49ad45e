import { lutimesSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import type { RenewalTask } from "./renewal.ts";

/** The claim's time of change tells those who cannot ask the owner's kernel; its clock is never compared with another. */
const { path, everyMs } = workerData as RenewalTask;

/** Any other failure may pass. Where it does not, others take over, and the file is gone. */
const GONE: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "ESTALE"]);

const renewing = setInterval(renew, everyMs);
renew();

function renew(): void {
  const now = new Date();
  try {
    lutimesSync(path, now, now);
  } catch (error) {
    if (!GONE.has((error as NodeJS.ErrnoException).code ?? "")) return;
    clearInterval(renewing);
    parentPort?.postMessage("lost");
  }
}
