import { setImmediate as turn } from "node:timers/promises";
import { Jobs } from "../../functions/worker/jobs.ts";
import { steadyClock } from "../../shared/ports/clock.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { ensureWasm } from "../../tools/bundling/wasm.ts";
import { breakable } from "../inline/breakable-kernels.ts";
import { deliver } from "../inline/deliver.ts";
import { runInline } from "../inline/inline.ts";
import { kernels } from "../kernels/loader.ts";
import { InterruptedError, mountsOf, type Runner } from "./engine.ts";

/** One chunk after the other in this process: the oracle, and the 1 in "speed-up over one". */
export const serial: Runner = async (run) => {
  ensureWasm(run.onBuild); // before the job begins
  const store = new FileStore(mountsOf(run.jobId, run.folder));
  const ports = {
    ...{ store, clock: steadyClock(), jobs: new Jobs(store), signal: run.signal },
    kernels: breakable(kernels, run.signal),
  };
  const worker = { requestId: run.jobId, logStream: "serial", coldStart: false, initMs: null };
  return runInline(run, 1, ports, async (message, receiveCount) => {
    await turn(); // lets the progress bar draw and other signals than Ctrl-C be heard between chunks
    const delivered = await deliver(message, { worker, receiveCount }, ports);
    // What was broken off is no failure of its chunk.
    if (run.signal.aborted) throw new InterruptedError();
    return delivered;
  });
};
